//! A hook that only reads, and one that is repeated behind what certainly never left.
#![deny(warnings)]

use std::io;

use resilient_runtime::{idempotent, read_only, retry, timeout};

#[read_only]
pub async fn refresh(order: u64) {
    let _ = order;
}

#[idempotent]
pub async fn reserve(order: u64) {
    let _ = order;
}

#[retry(read_only, before_retry(refresh), strict)]
#[timeout(total = "2s", attempt = "500ms")]
pub async fn get(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[retry(not_sent, before_retry(reserve))]
pub async fn charge(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[retry(read_only, before_retry(anything), allow(effect))]
pub async fn vouched(order: u64) -> io::Result<u64> {
    Ok(order)
}

pub async fn anything(order: u64) {
    let _ = order;
}

fn main() {}
