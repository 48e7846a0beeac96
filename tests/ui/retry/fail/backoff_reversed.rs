//! A first delay longer than the longest one.
use std::io;

use resilient_runtime::retry;

#[retry(read_only, backoff("5s", max = "1s"))]
async fn both_given() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, backoff("5s"))]
async fn above_the_default_maximum() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, backoff(max = "50ms"))]
async fn below_the_default_base() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
