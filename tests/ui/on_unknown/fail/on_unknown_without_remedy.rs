//! A lost call would be remembered and never resolved.
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
#[on_unknown(key(order), settles = "30s")]
async fn charge(order: u64) -> io::Result<u64> {
    Ok(order)
}

fn main() {}
