//! The runtime through a crate that re-exports it.
#![deny(warnings)]

use resilient_tests::facade::resilience::{bulkhead, idempotent, retry, timeout};

#[retry(read_only, crate = ::resilient_tests::facade::resilience)]
#[timeout(total = "2s", attempt = "500ms")]
#[bulkhead(10)]
pub async fn get() -> std::io::Result<u64> {
    Ok(1)
}

#[idempotent(crate = resilient_tests::facade::resilience)]
pub async fn put() -> std::io::Result<u64> {
    get().await
}

fn main() {}
