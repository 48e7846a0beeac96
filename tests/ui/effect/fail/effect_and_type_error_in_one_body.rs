//! The checker hides no other mistake, and no other mistake hides it.
use std::io;

use resilient_runtime::{idempotent, non_idempotent};

#[non_idempotent]
async fn charge(cents: u64) -> io::Result<u64> {
    Ok(cents)
}

#[idempotent]
async fn order() -> io::Result<u64> {
    let cents: u32 = charge(1).await?;
    charge("2").await?;
    Ok(cents.into())
}

fn main() {}
