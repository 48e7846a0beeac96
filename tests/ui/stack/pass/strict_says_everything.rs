//! Everything said, and what is known to be harmless vouched for.
#![deny(warnings)]

use std::io;

use resilient_runtime::{assume_read_only, read_only, retry, timeout};

#[read_only(strict)]
pub async fn declared() -> u64 {
    1
}

async fn undeclared() -> u64 {
    1
}

#[retry(read_only, strict)]
#[timeout(total = "2s", attempt = "500ms")]
pub async fn says_everything() -> io::Result<u64> {
    let rate = assume_read_only(undeclared()).await;
    Ok(rate * declared().await)
}

fn main() {}
