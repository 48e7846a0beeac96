//! Questions are asked again and again.
use std::io;

use resilient_runtime::{idempotent, non_idempotent, on_unknown, read_only};

#[read_only]
async fn find(_key: &str) -> io::Result<Option<u64>> {
    Ok(None)
}

#[idempotent]
async fn void(_key: &str) -> io::Result<()> {
    Ok(())
}

#[non_idempotent]
async fn charge_again(_key: &str) -> io::Result<Option<u64>> {
    Ok(None)
}

async fn undeclared(_key: &str) -> io::Result<Option<u64>> {
    Ok(None)
}

#[non_idempotent]
#[on_unknown(key(order), confirm(charge_again), settles = "30s")]
async fn charge(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[non_idempotent]
#[on_unknown(key(order), confirm(undeclared), settles = "30s")]
async fn by_nobody_knows_what(order: u64) -> io::Result<u64> {
    Ok(order)
}

fn main() {}
