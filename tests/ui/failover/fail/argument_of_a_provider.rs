//! Arguments that the body gives away or changes, and that the next provider takes too.
use std::io;

use resilient_runtime::{failover, fallback, non_idempotent};

#[non_idempotent]
async fn elsewhere(order: String) -> io::Result<u64> {
    Ok(order.len() as u64)
}

async fn post(order: String) -> io::Result<u64> {
    Ok(order.len() as u64)
}

#[non_idempotent]
#[failover(elsewhere)]
async fn given_away(order: String) -> io::Result<u64> {
    post(order).await
}

#[non_idempotent]
#[failover(elsewhere)]
async fn changed(mut order: String) -> io::Result<u64> {
    order.push('!');
    Ok(order.len() as u64)
}

#[non_idempotent]
#[fallback(elsewhere)]
async fn before_a_fallback(order: String) -> io::Result<u64> {
    post(order).await
}

#[non_idempotent]
#[failover(elsewhere, clone(orders))]
async fn no_such_argument(order: String) -> io::Result<u64> {
    Ok(order.len() as u64)
}

struct Order(u64);

impl Order {
    #[non_idempotent]
    async fn elsewhere(self) -> io::Result<u64> {
        Ok(self.0)
    }

    #[non_idempotent]
    #[failover(Self::elsewhere)]
    async fn pay(self) -> io::Result<u64> {
        take(self);
        Ok(1)
    }
}

fn take(_: Order) {}

fn main() {}
