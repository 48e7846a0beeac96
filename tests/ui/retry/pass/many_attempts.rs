//! Two to five attempts, and more for who knows better.
#![deny(warnings)]

use std::io;

use resilient_runtime::retry;

#[retry(read_only, attempts = 2)]
pub async fn twice() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, attempts = 5)]
pub async fn five_times() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, attempts = 20, allow(many_attempts))]
pub async fn until_the_leader_is_elected() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
