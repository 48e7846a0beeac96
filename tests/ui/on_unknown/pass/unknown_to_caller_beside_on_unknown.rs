//! One of them.
#![deny(warnings)]

use std::io;

use resilient_runtime::{idempotent, non_idempotent, on_unknown, read_only, timeout};

#[read_only]
pub async fn find(_key: &str) -> io::Result<Option<u64>> {
    Ok(None)
}

#[idempotent]
pub async fn void(_key: &str) -> io::Result<()> {
    Ok(())
}

#[non_idempotent]
#[on_unknown(key(order), confirm(find), settles = "30s")]
#[timeout(total = "30s", attempt = "5s")]
pub async fn charge(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[non_idempotent]
#[timeout("5s", unknown(to_caller))]
pub async fn handed_on(order: u64) -> io::Result<u64> {
    Ok(order)
}

fn main() {}
