//! Numbers outside of what they can mean.
use std::io;

use resilient_runtime::breaker;

#[breaker(
    failure_rate = "0%",
    min_calls = 0,
    consecutive = 0,
    probes = 0,
    window = "0s"
)]
async fn zero() -> io::Result<u64> {
    Ok(1)
}

#[breaker(failure_rate = "101%", slow_rate = "50.125%", slow = "1s", window = 1)]
async fn beyond() -> io::Result<u64> {
    Ok(1)
}

#[breaker(
    failure_rate = 0.5,
    slow_rate = 80,
    slow = 1,
    open = "soon",
    max_open = 30
)]
async fn without_units() -> io::Result<u64> {
    Ok(1)
}

#[breaker(window = "9ms", open = "25h", max_open = "2d")]
async fn with_units_gone_wrong() -> io::Result<u64> {
    Ok(1)
}

#[breaker(window = 100_001, probes = 1_001)]
async fn more_than_the_run_time_holds() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
