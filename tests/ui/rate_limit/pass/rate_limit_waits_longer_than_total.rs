//! A wait that leaves time for the call.
#![deny(warnings)]

use std::io;

use resilient_runtime::{rate_limit, timeout};

#[rate_limit("10/s", wait = "200ms")]
#[timeout("2s")]
pub async fn short() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit("10/s", wait = "2s")]
pub async fn no_total() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
