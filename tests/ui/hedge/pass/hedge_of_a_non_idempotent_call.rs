//! What the service deduplicates may be sent twice at a time.
#![deny(warnings)]

use std::io;

use resilient_runtime::{hedge, idempotent, retry};

#[retry(idempotency_key(order_id))]
#[hedge(after = "80ms")]
pub async fn charge(order_id: &str, cents: u64) -> io::Result<u64> {
    let _ = order_id;
    Ok(cents)
}

#[idempotent]
#[hedge(after = "p95", max = 2)]
pub async fn set_limit(cents: u64) -> io::Result<u64> {
    Ok(cents)
}

fn main() {}
