//! A `before_retry` that does more than the function: it is called once for every repeat.
use std::io;

use resilient_runtime::{non_idempotent, retry, timeout};

#[non_idempotent]
async fn reserve(order: u64) {
    let _ = order;
}

#[retry(idempotent, before_retry(reserve))]
async fn put(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[retry(read_only, before_retry(silent), strict)]
#[timeout(total = "2s", attempt = "500ms")]
async fn get(order: u64) -> io::Result<u64> {
    Ok(order)
}

async fn silent(order: u64) {
    let _ = order;
}

fn main() {}
