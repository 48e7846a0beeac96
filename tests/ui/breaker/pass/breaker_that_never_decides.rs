//! As many calls as the window holds.
#![deny(warnings)]

use std::io;

use resilient_runtime::breaker;

#[breaker(window = 50, min_calls = 50)]
pub async fn both_given() -> io::Result<u64> {
    Ok(1)
}

#[breaker(window = 20)]
pub async fn the_default_of_min_calls() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
