//! Two of what there can be only one of: options, attributes, declarations.
use std::io;

use resilient_runtime::{Failure, breaker, bulkhead, idempotent, read_only, retry, timeout};

fn what_it_means(_: &io::Error) -> Failure {
    Failure::Permanent
}

#[retry(read_only, attempts = 3, attempts = 4, read_only)]
async fn option() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only)]
#[retry(read_only, attempts = 4)]
async fn policy() -> io::Result<u64> {
    Ok(1)
}

#[timeout("1s")]
#[breaker]
#[resilient_runtime::timeout("2s")]
async fn policy_by_path() -> io::Result<u64> {
    Ok(1)
}

#[idempotent]
#[idempotent]
async fn declaration() -> io::Result<u64> {
    Ok(1)
}

#[idempotent]
#[read_only]
async fn two_declarations() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, classify(what_it_means), strict, allow(nested))]
#[breaker(classify(what_it_means), strict, crate = ::resilient_runtime)]
#[bulkhead(10, crate = ::resilient_runtime, allow(nested))]
async fn once_per_stack() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
