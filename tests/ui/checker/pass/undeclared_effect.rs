//! The effect declared, and calls above which none is needed.
#![deny(warnings)]

use std::io;

use resilient_runtime::{breaker, idempotent, non_idempotent, timeout};

#[non_idempotent]
pub async fn charge() -> io::Result<u64> {
    Ok(1)
}

#[idempotent]
pub async fn rename() -> io::Result<u64> {
    Ok(1)
}

#[non_idempotent]
#[timeout("2s", unknown(to_caller))]
#[breaker]
pub async fn order() -> io::Result<u64> {
    charge().await
}

#[timeout("2s")]
pub async fn undeclared() -> io::Result<u64> {
    rename().await
}

fn main() {}
