//! The three forms, trailing commas, any brackets, none.
#![deny(warnings)]

use std::io;

use resilient_runtime::{breaker, read_only, retry, timeout};

#[retry(read_only, attempts = 3, backoff("100ms", max = "1s",))]
#[breaker()]
#[timeout {total = "2s"}]
pub async fn trailing_commas() -> io::Result<u64> {
    Ok(1)
}

#[read_only()]
#[breaker]
pub async fn nothing_said() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
