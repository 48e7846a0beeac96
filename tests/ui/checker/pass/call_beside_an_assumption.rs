//! What is vouched for, in whatever form it is handed on.
#![deny(warnings)]

use std::io;
use std::time::Duration;

use resilient_runtime::{assume_idempotent, assume_read_only, non_idempotent, read_only, retry};

#[non_idempotent]
pub async fn charge(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[read_only]
pub async fn known(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[retry(idempotent)]
pub async fn vouched(order: u64) -> io::Result<u64> {
    assume_idempotent(charge(order)).await?;
    assume_idempotent(async { charge(order).await }).await?;
    assume_idempotent(async move {
        let again = || async { charge(order).await };
        again().await
    })
    .await?;
    assume_idempotent(tokio::time::timeout(Duration::from_secs(1), charge(order))).await??;
    assume_idempotent(charge(known(order).await?)).await
}

#[retry(not_sent)]
pub async fn last(order: u64) -> io::Result<u64> {
    Ok(assume_read_only(known(order)).await? + charge(order).await?)
}

#[retry(not_sent)]
pub async fn last_of_a_row(order: u64) -> io::Result<[bool; 2]> {
    Ok([known(order).await? == 1, !(charge(order).await? as u8 == 1)])
}

#[retry(not_sent)]
pub async fn made_in_time(order: u64) -> io::Result<impl Future<Output = io::Result<u64>>> {
    Ok(assume_read_only(known(charge(order).await?)))
}

fn main() {}
