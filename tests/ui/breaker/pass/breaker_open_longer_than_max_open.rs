//! A pause that grows, and one that stays.
#![deny(warnings)]

use std::io;

use resilient_runtime::breaker;

#[breaker(open = "1m", max_open = "5m")]
pub async fn grows() -> io::Result<u64> {
    Ok(1)
}

#[breaker(open = "30s")]
pub async fn stays_at_the_default_maximum() -> io::Result<u64> {
    Ok(1)
}

#[breaker(max_open = "1s")]
pub async fn stays_at_the_default_pause() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
