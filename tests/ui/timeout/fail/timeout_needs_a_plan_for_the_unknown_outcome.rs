//! A payment that took too long may still be made.
use std::io;

use resilient_runtime::{idempotent, non_idempotent, retry, timeout};

#[non_idempotent]
#[timeout("2s")]
async fn charge() -> io::Result<u64> {
    Ok(1)
}

#[retry(not_sent)]
#[timeout(total = "2s", attempt = "500ms")]
async fn order() -> io::Result<u64> {
    Ok(1)
}

#[retry(idempotency_key)]
#[timeout(total = "2s", attempt = "500ms")]
async fn key_for_one_call() -> io::Result<u64> {
    Ok(1)
}

#[idempotent]
#[timeout("2s", unknown(to_caller))]
async fn rename() -> io::Result<u64> {
    Ok(1)
}

#[timeout("2s", unknown(to_caller))]
async fn undeclared() -> io::Result<u64> {
    Ok(1)
}

#[non_idempotent]
#[timeout("2s", unknown(ignore))]
async fn another_plan() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
