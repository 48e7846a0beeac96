//! Windows that hold two attempts, and windows of calls, which hold what they hold.
#![deny(warnings)]

use std::io;

use resilient_runtime::{breaker, retry, timeout};

#[breaker(window = "4s")]
#[timeout("2s")]
pub async fn two_attempts() -> io::Result<u64> {
    Ok(1)
}

#[breaker]
#[timeout("5s")]
pub async fn default_window() -> io::Result<u64> {
    Ok(1)
}

#[breaker(window = 100)]
#[timeout("1m")]
pub async fn a_window_of_calls() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only)]
#[breaker(window = "1s")]
#[timeout(total = "20s", attempt = "500ms")]
pub async fn by_attempt() -> io::Result<u64> {
    Ok(1)
}

#[breaker(allow(window_too_short))]
#[timeout("30s")]
pub async fn many_at_the_same_time() -> io::Result<u64> {
    Ok(1)
}

/// The default window of a breaker that nobody shares holds two attempts, however long they are.
#[breaker]
#[timeout("30s")]
pub async fn long_call() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
