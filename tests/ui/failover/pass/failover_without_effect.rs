//! The effect stands beside it, or is the retry's reason.
#![deny(warnings)]

use std::io;

use resilient_runtime::{failover, idempotent, non_idempotent, read_only, retry};

#[read_only]
pub async fn look_elsewhere() -> io::Result<u64> {
    Ok(2)
}

#[idempotent]
pub async fn put_elsewhere() -> io::Result<u64> {
    Ok(2)
}

#[non_idempotent]
pub async fn pay_elsewhere() -> io::Result<u64> {
    Ok(2)
}

#[read_only]
#[failover(look_elsewhere)]
pub async fn read() -> io::Result<u64> {
    Ok(1)
}

#[idempotent]
#[failover(put_elsewhere, look_elsewhere)]
pub async fn put() -> io::Result<u64> {
    Ok(1)
}

#[non_idempotent]
#[failover(pay_elsewhere)]
pub async fn pay() -> io::Result<u64> {
    Ok(1)
}

#[retry(idempotency_key(order))]
#[failover(put_by_key)]
pub async fn keyed(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[retry(idempotency_key(order))]
pub async fn put_by_key(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[retry(not_sent)]
#[failover(pay_elsewhere)]
pub async fn not_sent() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
