//! A call that uses up the total leaves no time to ask.
use std::io;

use resilient_runtime::{idempotent, non_idempotent, on_unknown, read_only, timeout};

#[read_only]
async fn find(_key: &str) -> io::Result<Option<u64>> {
    Ok(None)
}

#[idempotent]
async fn void(_key: &str) -> io::Result<()> {
    Ok(())
}

#[non_idempotent]
#[on_unknown(key(order), confirm(find), settles = "30s")]
#[timeout("5s")]
async fn charge(order: u64) -> io::Result<u64> {
    Ok(order)
}

fn main() {}
