//! The declaration and the retry's reason say different things.
use std::io;

use resilient_runtime::{idempotent, non_idempotent, read_only, retry};

#[non_idempotent]
#[retry(idempotent)]
async fn charge() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only)]
#[non_idempotent]
async fn order() -> io::Result<u64> {
    Ok(1)
}

#[idempotent]
#[retry(read_only)]
async fn rename() -> io::Result<()> {
    Ok(())
}

#[read_only]
#[retry(idempotency_key(account))]
async fn balance(account: &str) -> io::Result<usize> {
    Ok(account.len())
}

#[non_idempotent]
#[retry(idempotency_key(order_id))]
async fn pay(order_id: &str) -> io::Result<usize> {
    Ok(order_id.len())
}

fn main() {}
