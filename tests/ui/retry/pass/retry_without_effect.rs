//! Every way to say what happens if the service does it twice.
#![deny(warnings)]

use std::io;

use resilient_runtime::{idempotent, read_only, retry};

#[retry(read_only)]
pub async fn balance() -> io::Result<u64> {
    Ok(1)
}

#[retry(idempotent)]
pub async fn rename() -> io::Result<()> {
    Ok(())
}

#[retry(idempotency_key(order_id))]
pub async fn charge(order_id: &str, cents: u64) -> io::Result<u64> {
    let _ = order_id;
    Ok(cents)
}

#[retry(idempotency_key)]
pub async fn order() -> io::Result<u64> {
    Ok(1)
}

#[retry(not_sent)]
pub async fn notify() -> io::Result<()> {
    Ok(())
}

#[retry]
#[read_only]
pub async fn rate() -> io::Result<u64> {
    Ok(1)
}

#[idempotent]
#[retry]
pub async fn delete() -> io::Result<()> {
    Ok(())
}

fn main() {}
