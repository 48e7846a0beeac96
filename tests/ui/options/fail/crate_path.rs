//! A path to somewhere else.
use std::io;

use resilient_runtime::retry;

#[retry(read_only, crate = ::nowhere)]
async fn get() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, crate = "resilient_runtime")]
async fn quoted() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
