//! A key protects one provider, and so does idempotence; a caller that asks again may reach the other one.
use std::io;

use resilient_runtime::{failover, idempotent, retry, timeout};

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

#[idempotent]
#[timeout(total = "2s", attempt = "500ms")]
#[failover(elsewhere)]
async fn put(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[retry(idempotent)]
async fn outer_put(order: u64) -> io::Result<u64> {
    either(order).await
}

#[idempotent]
#[failover(elsewhere)]
async fn either(order: u64) -> io::Result<u64> {
    Ok(order)
}

trait Store {
    #[idempotent]
    async fn put(&self) -> io::Result<u64>;
}

struct Two;

impl Store for Two {
    #[idempotent]
    #[failover(Self::second)]
    async fn put(&self) -> io::Result<u64> {
        Ok(1)
    }
}

impl Two {
    #[idempotent]
    async fn second(&self) -> io::Result<u64> {
        Ok(2)
    }
}

fn main() {}
