//! `#[retry]` alone, and beside a declaration that every execution counts.
use std::io;

use resilient_runtime::{non_idempotent, retry};

#[retry]
async fn charge(cents: u64) -> io::Result<u64> {
    Ok(cents)
}

#[retry(attempts = 2)]
#[non_idempotent]
async fn refund(cents: u64) -> io::Result<u64> {
    Ok(cents)
}

// The functions are still there: a caller has nothing to complain about.
pub async fn caller() -> io::Result<u64> {
    Ok(charge(1).await? + refund(1).await?)
}

fn main() {}
