//! A read, a function that keeps the order, and what nobody misses.
#![deny(warnings)]

use std::io;

use resilient_runtime::{fallback, idempotent, non_idempotent, read_only};

#[read_only]
#[fallback(default)]
pub async fn suggestions() -> io::Result<Vec<String>> {
    Ok(Vec::new())
}

pub async fn queue(order: u64) -> io::Result<String> {
    Ok(format!("order {order} is queued"))
}

#[non_idempotent]
#[fallback(queue)]
pub async fn pay(order: u64) -> io::Result<String> {
    Ok(format!("order {order} is paid"))
}

#[idempotent]
#[fallback(default, allow(lost_write))]
pub async fn count_a_visit() -> io::Result<()> {
    Ok(())
}

fn main() {}
