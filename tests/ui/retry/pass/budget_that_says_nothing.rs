//! Budgets by default, of one's own, shared, and none.
#![deny(warnings)]

use std::io;

use resilient_runtime::retry;

#[retry(read_only)]
pub async fn by_default() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, budget(earn = "10%", save = 10))]
pub async fn own() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, budget("payments", earn = "12.5%"))]
pub async fn shared() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, budget(none))]
pub async fn none() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
