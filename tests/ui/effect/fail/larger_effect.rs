//! A call that does more than the function around it says.
use std::io;

use resilient_runtime::{idempotent, non_idempotent, read_only, retry};

#[non_idempotent]
async fn charge(cents: u64) -> io::Result<u64> {
    Ok(cents)
}

#[idempotent]
async fn rename() -> io::Result<()> {
    Ok(())
}

struct Bank;

impl Bank {
    #[non_idempotent]
    async fn charge(&self, cents: u64) -> io::Result<u64> {
        Ok(cents)
    }
}

#[retry(idempotent)]
async fn retried() -> io::Result<u64> {
    charge(100).await
}

#[retry(idempotency_key(order_id))]
async fn keyed(order_id: u64) -> io::Result<u64> {
    charge(order_id).await
}

#[retry(read_only)]
async fn reads() -> io::Result<()> {
    rename().await
}

#[idempotent]
async fn declared(bank: &Bank) -> io::Result<u64> {
    bank.charge(100).await
}

#[read_only]
async fn in_a_branch(bank: &Bank, cents: u64) -> io::Result<u64> {
    if cents > 10 {
        let paid = bank.charge(cents).await?;
        return Ok(paid);
    }
    Ok((async || charge(cents).await)().await?)
}

fn main() {}
