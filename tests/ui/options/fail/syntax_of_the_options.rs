//! Options that do not parse; what stands beside them is still read.
use std::io;

use resilient_runtime::{breaker, bulkhead, retry, timeout};

#[retry(read_only, attempts = )]
async fn no_value() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only attempts = 3)]
async fn no_comma() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, attempts: 3)]
async fn colon() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, attempts == 3)]
async fn comparison() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, attempts(3), backoff = "100ms", read_only = true)]
async fn other_forms() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, attempts = 3 4, backoff("1s" "2s"))]
async fn stray_tokens() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, , attempts = 3, @)]
async fn stray_signs() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, "three", 3)]
async fn stray_values() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, classify(1 + 1), crate = 5)]
async fn no_paths() -> io::Result<u64> {
    Ok(1)
}

#[timeout("1s")]
#[bulkhead = 10]
async fn name_value() -> io::Result<u64> {
    Ok(1)
}

#[breaker(key(), key = region, ignore())]
async fn empty_lists(region: u64) -> io::Result<u64> {
    Ok(region)
}

fn main() {}
