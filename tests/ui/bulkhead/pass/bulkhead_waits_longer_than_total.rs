//! A wait that leaves time for the call.
#![deny(warnings)]

use std::io;

use resilient_runtime::{bulkhead, timeout};

#[bulkhead(10, wait = "50ms")]
#[timeout("2s")]
pub async fn short() -> io::Result<u64> {
    Ok(1)
}

#[bulkhead(10, wait = "2s")]
pub async fn no_total() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
