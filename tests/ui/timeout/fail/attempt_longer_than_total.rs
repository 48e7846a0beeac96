//! A limit that never acts.
use std::io;

use resilient_runtime::{retry, timeout};

#[retry(read_only)]
#[timeout(total = "2s", attempt = "5s")]
async fn longer() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only)]
#[timeout(total = "2s", attempt = "2000ms")]
async fn as_long() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
