//! Providers and fallbacks that are not there.
use std::io;

use resilient_runtime::{failover, fallback, read_only};

#[read_only]
#[failover(nowhere)]
async fn look() -> io::Result<u64> {
    Ok(1)
}

#[read_only]
#[fallback(nobody)]
async fn rate() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
