//! Each option beside a policy that reads it, on whichever attribute it stands.
#![deny(warnings)]

use std::io;

use resilient_runtime::{Failure, Rejected, breaker, idempotent, retry, timeout};

fn what_it_means(_: &io::Error) -> Failure {
    Failure::Permanent
}

fn what_it_says(_: &u64) -> Option<Failure> {
    None
}

fn carried(rejected: Rejected) -> io::Error {
    rejected.into()
}

#[timeout("1s", classify(what_it_means), rejected(carried))]
#[breaker]
pub async fn from_another_attribute() -> io::Result<u64> {
    Ok(1)
}

#[idempotent(failed(what_it_says))]
#[retry]
pub async fn from_the_declaration() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
