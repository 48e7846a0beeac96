//! Delays that grow, stay at their maximum, or do not grow at all.
#![deny(warnings)]

use std::io;

use resilient_runtime::retry;

#[retry(read_only, backoff("100ms", factor = 1.5, max = "10s"))]
pub async fn grows() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, backoff("1s", max = "1s"))]
pub async fn starts_at_its_maximum() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, backoff(fixed, "5s"), jitter(none))]
pub async fn stays() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, backoff(exponential, "10ms"), jitter(full))]
pub async fn says_the_defaults() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
