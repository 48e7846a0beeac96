//! Options that no policy of the function would look at.
use std::io;

use resilient_runtime::{Failure, Rejected, idempotent, retry, timeout};

fn what_it_means(_: &io::Error) -> Failure {
    Failure::Permanent
}

fn what_it_says(_: &u64) -> Option<Failure> {
    None
}

fn carried(rejected: Rejected) -> io::Error {
    rejected.into()
}

#[timeout("1s", classify(what_it_means), failed(what_it_says))]
async fn looks_at_no_failure() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, rejected(carried))]
async fn rejects_nothing() -> io::Result<u64> {
    Ok(1)
}

#[idempotent(classify(what_it_means), rejected(carried))]
async fn no_policy() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
