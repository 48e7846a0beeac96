//! A next provider that does more than the function itself.
use std::io;

use resilient_runtime::{failover, fallback, idempotent, non_idempotent, read_only, retry};

#[non_idempotent]
async fn pay_elsewhere(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[idempotent]
async fn put_elsewhere(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[idempotent]
#[failover(pay_elsewhere)]
async fn put(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[read_only]
#[failover(put_elsewhere)]
async fn look(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[retry(idempotency_key(order))]
#[failover(pay_elsewhere)]
async fn keyed(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[read_only]
#[fallback(put_elsewhere)]
async fn falls_back(order: u64) -> io::Result<u64> {
    Ok(order)
}

fn main() {}
