//! Calls that do as much or less, and the three ways out.
#![deny(warnings)]

use std::io;

use resilient_runtime::{assume_idempotent, idempotent, non_idempotent, read_only, retry};

#[non_idempotent]
pub async fn charge(cents: u64) -> io::Result<u64> {
    Ok(cents)
}

#[read_only]
pub async fn balance() -> io::Result<u64> {
    Ok(1)
}

#[idempotent]
pub async fn rename() -> io::Result<u64> {
    balance().await
}

#[non_idempotent]
pub async fn pays() -> io::Result<u64> {
    rename().await?;
    charge(1).await
}

#[retry(not_sent)]
pub async fn pays_when_it_left() -> io::Result<u64> {
    charge(1).await
}

#[retry(idempotent)]
pub async fn vouched_for_one_call() -> io::Result<u64> {
    assume_idempotent(charge(1)).await
}

#[retry(idempotent, allow(effect))]
pub async fn asks_first() -> io::Result<u64> {
    if balance().await? > 0 {
        charge(1).await
    } else {
        Ok(0)
    }
}

fn main() {}
