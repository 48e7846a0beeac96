//! Two who take the same argument by value.
use std::io;

use resilient_runtime::{failover, fallback, non_idempotent};

#[non_idempotent]
async fn second(order: String, amount: u64) -> io::Result<u64> {
    Ok(amount + order.len() as u64)
}

#[non_idempotent]
async fn third(order: String, amount: u64) -> io::Result<u64> {
    Ok(amount + order.len() as u64)
}

async fn keep(order: String, amount: u64) -> io::Result<u64> {
    Ok(amount + order.len() as u64)
}

#[non_idempotent]
#[failover(second, third)]
async fn two_providers(order: String, amount: u64) -> io::Result<u64> {
    Ok(amount + order.len() as u64)
}

#[non_idempotent]
#[failover(second)]
#[fallback(keep)]
async fn one_and_a_fallback(order: String, amount: u64) -> io::Result<u64> {
    Ok(amount + order.len() as u64)
}

fn main() {}
