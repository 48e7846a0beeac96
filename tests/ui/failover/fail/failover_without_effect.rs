//! Nobody said whether two providers may do this.
use std::io;

use resilient_runtime::{failover, idempotent, timeout};

#[idempotent]
async fn elsewhere() -> io::Result<u64> {
    Ok(2)
}

#[failover(elsewhere)]
async fn undeclared() -> io::Result<u64> {
    Ok(1)
}

#[timeout("1s")]
#[failover(elsewhere)]
async fn with_another_policy() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
