//! `E: Classify`, or `classify(path)` for a type that cannot have it.
#![deny(warnings)]

use resilient_runtime::{
    Classify, Failure, FromRejected, Rejected, breaker, bulkhead, retry, timeout,
};

#[derive(Classify, FromRejected)]
pub enum PayError {
    #[failure(unknown)]
    Silence,
    #[failure(permanent)]
    Declined,
    #[failure(from)]
    Policy(Rejected),
}

#[retry(read_only)]
#[breaker]
pub async fn derived() -> Result<u64, PayError> {
    Err(PayError::Silence)
}

pub fn what_it_means(error: &std::num::ParseIntError) -> Failure {
    let _ = error;
    Failure::Permanent
}

#[retry(read_only, classify(what_it_means))]
pub async fn by_path() -> Result<u64, std::num::ParseIntError> {
    "1".parse()
}

#[retry(read_only)]
pub async fn generic<E: Classify>(error: fn() -> E) -> Result<u64, E> {
    Err(error())
}

// Policies that do not look at failures need none.
#[timeout("1s")]
#[bulkhead(10)]
pub async fn looks_at_none() -> Result<u64, String> {
    Ok(1)
}

fn main() {}
