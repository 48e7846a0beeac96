//! The numbers at their limits.
#![deny(warnings)]

use std::io;

use resilient_runtime::breaker;

#[breaker(
    failure_rate = "0.01%",
    min_calls = 1,
    consecutive = 1,
    probes = 1,
    window = "10ms"
)]
pub async fn smallest() -> io::Result<u64> {
    Ok(1)
}

#[breaker(
    failure_rate = "100%",
    slow_rate = "12.5%",
    slow = "1.5s",
    window = 2,
    min_calls = 2
)]
pub async fn largest() -> io::Result<u64> {
    Ok(1)
}

#[breaker(window = "24h", open = "24h", max_open = "24h", probes = 1_000)]
pub async fn longest() -> io::Result<u64> {
    Ok(1)
}

#[breaker(window = 100_000)]
pub async fn largest_count() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
