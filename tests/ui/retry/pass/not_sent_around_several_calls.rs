//! One call, calls that may precede it, a choice between two, and the way out.
#![deny(warnings)]

use std::io;

use resilient_runtime::{assume_read_only, non_idempotent, read_only, retry};

#[read_only]
pub async fn price() -> io::Result<u64> {
    Ok(1)
}

#[non_idempotent]
pub async fn pay(cents: u64) -> io::Result<u64> {
    Ok(cents)
}

async fn undeclared() -> u64 {
    1
}

#[retry(not_sent)]
pub async fn order() -> io::Result<u64> {
    let cents = price().await?;
    let extra = assume_read_only(undeclared()).await;
    if cents > 10 {
        pay(cents).await
    } else {
        pay(extra).await
    }
}

#[retry(not_sent, allow(several_calls))]
pub async fn the_service_undoes_the_first() -> io::Result<u64> {
    let one = pay(1).await?;
    Ok(one + pay(2).await?)
}

fn main() {}
