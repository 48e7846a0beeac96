//! Another crate's attribute under one of our names is not ours to take.
use std::io;

use resilient_runtime::retry;
use tokio::test as idempotent;
use tracing::instrument as breaker;

#[retry(read_only)]
#[breaker]
async fn get() -> io::Result<u64> {
    Ok(1)
}

// The other way round it runs first, and takes nothing.
#[breaker(skip_all)]
#[retry(read_only)]
async fn post() -> io::Result<u64> {
    Ok(1)
}

#[retry]
#[idempotent]
async fn no_module_of_that_name() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
