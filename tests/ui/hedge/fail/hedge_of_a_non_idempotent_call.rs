//! A hedge repeats without knowing that anything failed.
use std::io;

use resilient_runtime::{hedge, non_idempotent, retry};

#[non_idempotent]
#[hedge(after = "80ms")]
async fn charge(cents: u64) -> io::Result<u64> {
    Ok(cents)
}

#[retry(not_sent)]
#[hedge(after = "p95")]
async fn order(cents: u64) -> io::Result<u64> {
    Ok(cents)
}

fn main() {}
