//! The caller deals with the unknown outcome; a call that may be repeated has none to deal with.
#![deny(warnings)]

use std::io;

use resilient_runtime::{idempotent, non_idempotent, retry, timeout};

#[non_idempotent]
#[timeout("2s", unknown(to_caller))]
pub async fn charge() -> io::Result<u64> {
    Ok(1)
}

#[retry(idempotency_key)]
#[timeout(total = "2s", attempt = "500ms", unknown(to_caller))]
pub async fn key_for_one_call() -> io::Result<u64> {
    Ok(1)
}

#[retry(idempotency_key(order_id))]
#[timeout(total = "2s", attempt = "500ms")]
pub async fn pay(order_id: u64) -> io::Result<u64> {
    Ok(order_id)
}

#[idempotent]
#[timeout("2s")]
pub async fn rename() -> io::Result<u64> {
    Ok(1)
}

#[timeout("2s")]
pub async fn undeclared() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
