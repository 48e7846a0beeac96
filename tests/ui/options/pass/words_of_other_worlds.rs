//! What it is called here.
#![deny(warnings)]

use std::io;

use resilient_runtime::{breaker, bulkhead, retry, timeout};

fn is_transient(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Other
}

#[retry(
    read_only,
    attempts = 3,
    backoff("100ms", factor = 2, max = "1s"),
    when(is_transient)
)]
#[breaker(
    consecutive = 5,
    failure_rate = "50%",
    window = 100,
    open = "30s",
    probes = 1
)]
#[timeout(total = "5s", attempt = "500ms")]
#[bulkhead(10, wait = "50ms", queue = 10)]
pub async fn all() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
