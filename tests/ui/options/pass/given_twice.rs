//! Each once, and the options of the whole stack on any one of its attributes.
#![deny(warnings)]

use std::io;

use resilient_runtime::{Failure, breaker, bulkhead, idempotent, retry, timeout};

fn what_it_means(error: &io::Error) -> Failure {
    let _ = error;
    Failure::Permanent
}

#[idempotent(strict)]
#[retry(attempts = 2, classify(what_it_means), allow(nested))]
#[timeout(total = "2s", attempt = "500ms", allow(total_too_short, many_attempts))]
#[breaker]
#[bulkhead(10, crate = ::resilient_runtime)]
pub async fn once_each() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
