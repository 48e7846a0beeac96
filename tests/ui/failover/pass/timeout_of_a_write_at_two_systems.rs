//! Two doors of one system, or a caller that deals with it.
#![deny(warnings)]

use std::io;

use resilient_runtime::{failover, idempotent, retry, timeout};

#[retry(idempotency_key(order))]
pub async fn elsewhere(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[retry(idempotency_key(order))]
#[timeout(total = "2s", attempt = "500ms")]
#[failover(elsewhere, same_system)]
pub async fn one_system(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[idempotent]
pub async fn outer(order: u64) -> io::Result<u64> {
    one_system(order).await
}

#[retry(idempotency_key(order))]
#[timeout(total = "2s", attempt = "500ms", unknown(to_caller))]
#[failover(elsewhere)]
pub async fn two_systems(order: u64) -> io::Result<u64> {
    Ok(order)
}

fn main() {}
