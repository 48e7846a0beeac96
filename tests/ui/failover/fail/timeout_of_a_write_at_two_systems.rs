//! A key protects one provider; a caller that asks again may reach the other one.
use std::io;

use resilient_runtime::{failover, retry, timeout};

#[retry(idempotency_key(order))]
async fn elsewhere(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[retry(idempotency_key(order))]
#[timeout(total = "2s", attempt = "500ms")]
#[failover(elsewhere)]
async fn pay(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[retry(idempotent)]
async fn outer(order: u64) -> io::Result<u64> {
    door(order).await
}

#[retry(idempotency_key(order))]
#[failover(elsewhere)]
async fn door(order: u64) -> io::Result<u64> {
    Ok(order)
}

fn main() {}
