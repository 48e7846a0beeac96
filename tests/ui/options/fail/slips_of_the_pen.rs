//! Words that are nearly right, and words that are nothing.
use std::io;

use resilient_runtime::{breaker, idempotent, retry, timeout};

#[retry(idempotant, atempts = 3, Backoff("1s"), bugdet("payments"))]
async fn retried() -> io::Result<u64> {
    Ok(1)
}

#[breaker(failurerate = "50%", windows = "10s", xyz)]
async fn broken() -> io::Result<u64> {
    Ok(1)
}

#[timeout(totl = "1s")]
async fn limited() -> io::Result<u64> {
    Ok(1)
}

#[idempotent(stric)]
async fn declared() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, allow(many_atempts))]
async fn allowed() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, allow(everything))]
async fn allowed_all() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, allow("many_attempts"))]
async fn allowed_by_a_string() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, allow())]
async fn allowed_nothing() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
