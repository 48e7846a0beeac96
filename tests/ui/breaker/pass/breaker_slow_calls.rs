//! Calls that are slow and still answer.
#![deny(warnings)]

use std::io;

use resilient_runtime::{breaker, timeout};

#[breaker(slow = "1s", slow_rate = "50%")]
#[timeout("2s")]
pub async fn slow_and_answered() -> io::Result<u64> {
    Ok(1)
}

#[breaker(slow = "1s")]
pub async fn without_a_limit() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
