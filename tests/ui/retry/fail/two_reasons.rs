//! Two reasons why repeating is safe.
use std::io;

use resilient_runtime::retry;

#[retry(idempotent, not_sent)]
async fn charge() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, idempotency_key(1))]
async fn balance() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
