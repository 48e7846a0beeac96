//! A first pause longer than the longest.
use std::io;

use resilient_runtime::breaker;

#[breaker(open = "10s", max_open = "5s")]
async fn both_given() -> io::Result<u64> {
    Ok(1)
}

#[breaker(max_open = "500ms")]
async fn below_the_default_pause() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
