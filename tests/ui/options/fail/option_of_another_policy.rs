//! The right word on the wrong attribute.
use std::io;

use resilient_runtime::{breaker, bulkhead, idempotent, retry, timeout};

#[retry(read_only, total = "2s", window = "10s")]
async fn retried() -> io::Result<u64> {
    Ok(1)
}

#[timeout("2s", attempts = 3)]
async fn limited() -> io::Result<u64> {
    Ok(1)
}

#[breaker(wait = "50ms", backoff("1s"))]
async fn broken() -> io::Result<u64> {
    Ok(1)
}

#[bulkhead(10, open = "1s", attempt = "1s")]
async fn bounded() -> io::Result<u64> {
    Ok(1)
}

#[idempotent(attempts = 3, key(1))]
async fn declared() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
