//! The default of an answer looks like a write that was carried out.
use std::io;

use resilient_runtime::{fallback, idempotent, non_idempotent, retry};

#[non_idempotent]
#[fallback(default)]
async fn pay() -> io::Result<String> {
    Ok("receipt".to_owned())
}

#[idempotent]
#[fallback(default)]
async fn put() -> io::Result<()> {
    Ok(())
}

#[retry(idempotency_key)]
#[fallback(default)]
async fn keyed() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
