//! When the second call is not sent, the first may have succeeded.
use std::io;

use resilient_runtime::{non_idempotent, retry};

#[non_idempotent]
async fn reserve() -> io::Result<u64> {
    Ok(1)
}

async fn undeclared() -> io::Result<u64> {
    Ok(1)
}

#[non_idempotent]
async fn pay(reservation: u64) -> io::Result<u64> {
    Ok(reservation)
}

#[retry(not_sent)]
async fn order() -> io::Result<u64> {
    let reservation = reserve().await?;
    pay(reservation).await
}

#[retry(not_sent)]
async fn order_after_something() -> io::Result<u64> {
    let reservation = undeclared().await?;
    pay(reservation).await
}

fn main() {}
