//! `assume_idempotent(..)` vouches for what it is given, not for the calls that make its arguments.
use std::io;

use resilient_runtime::{assume_idempotent, assume_read_only, non_idempotent, retry};

#[non_idempotent]
async fn charge(order: u64) -> io::Result<u64> {
    Ok(order)
}

async fn receipt(payment: u64) -> io::Result<u64> {
    Ok(payment)
}

#[retry(idempotent)]
async fn argument(order: u64) -> io::Result<u64> {
    assume_idempotent(receipt(charge(order).await?)).await
}

#[retry(idempotent)]
async fn deeper(order: u64) -> io::Result<u64> {
    assume_read_only(receipt(match order {
        0 => 0,
        order => charge(order).await?,
    }))
    .await
}

fn main() {}
