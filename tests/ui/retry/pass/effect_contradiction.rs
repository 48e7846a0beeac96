//! A declaration beside a retry that says the same, or asks for less.
#![deny(warnings)]

use std::io;

use resilient_runtime::{idempotent, non_idempotent, read_only, retry};

#[idempotent]
#[retry(idempotent)]
pub async fn rename() -> io::Result<()> {
    Ok(())
}

#[non_idempotent]
#[retry(not_sent)]
pub async fn charge() -> io::Result<u64> {
    Ok(1)
}

// Repeats less than it might: only what certainly never left.
#[read_only]
#[retry(not_sent)]
pub async fn balance() -> io::Result<u64> {
    Ok(1)
}

// The key lives as long as one call, so a caller that repeats the function makes another one.
#[non_idempotent]
#[retry(idempotency_key)]
pub async fn order() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
