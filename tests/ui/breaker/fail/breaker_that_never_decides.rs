//! More calls asked for than a window of calls can hold.
use std::io;

use resilient_runtime::breaker;

#[breaker(window = 10, min_calls = 50)]
async fn both_given() -> io::Result<u64> {
    Ok(1)
}

#[breaker(window = 10)]
async fn below_the_default_of_min_calls() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
