//! The effect stands beside it, or is the retry's reason.
#![deny(warnings)]

use std::io;

use resilient_runtime::{fallback, non_idempotent, read_only, retry};

pub fn stored() -> io::Result<u64> {
    Ok(2)
}

pub async fn kept() -> io::Result<u64> {
    Ok(2)
}

#[read_only]
#[fallback(stored)]
pub async fn look() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only)]
#[fallback(default, any)]
pub async fn retried() -> io::Result<u64> {
    Ok(1)
}

#[non_idempotent]
#[fallback(kept)]
pub async fn pay() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
