//! A function that says nothing would pass for harmless.
use std::io;

use resilient_runtime::{breaker, non_idempotent, timeout};

#[non_idempotent]
async fn charge() -> io::Result<u64> {
    Ok(1)
}

#[timeout("2s")]
#[breaker]
async fn order() -> io::Result<u64> {
    charge().await
}

fn main() {}
