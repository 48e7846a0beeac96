//! `least` up to what an attempt may take.
#![deny(warnings)]

use std::io;

use resilient_runtime::{retry, timeout};

#[timeout("1s", least = "1s")]
pub async fn as_long_as_the_total() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only)]
#[timeout(total = "2s", attempt = "500ms", least = "500ms")]
pub async fn as_long_as_the_attempt() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
