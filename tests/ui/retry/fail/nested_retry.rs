//! Attempts multiply where a retried call is retried.
use std::io;

use resilient_runtime::retry;

#[retry(read_only)]
async fn balance() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only)]
async fn twice_three_times() -> io::Result<u64> {
    balance().await
}

#[retry(idempotency_key(id))]
async fn charge(id: u64) -> io::Result<u64> {
    Ok(id)
}

#[retry(idempotent)]
async fn joined() -> io::Result<u64> {
    let (one, other) = tokio::try_join!(charge(1), balance())?;
    Ok(one + other)
}

fn main() {}
