//! The service refuses the original, or the time is known after which it cannot come.
#![deny(warnings)]

use std::io;

use resilient_runtime::{idempotent, non_idempotent, on_unknown, read_only};

#[read_only]
pub async fn find(_key: &str) -> io::Result<Option<u64>> {
    Ok(None)
}

#[idempotent]
pub async fn void(_key: &str) -> io::Result<()> {
    Ok(())
}

#[non_idempotent]
#[on_unknown(key(order), cancel(void, fences))]
pub async fn charge(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[non_idempotent]
#[on_unknown(key(order), cancel(void), settles = "1m")]
pub async fn settled(order: u64) -> io::Result<u64> {
    Ok(order)
}

fn main() {}
