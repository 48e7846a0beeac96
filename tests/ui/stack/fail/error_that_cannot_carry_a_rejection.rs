//! Policies that may answer in the service's place, and an error type that cannot say so.
use std::fmt;

use resilient_runtime::{Classify, breaker, bulkhead, timeout};

#[derive(Classify)]
#[failure(unknown)]
struct PayError;

#[timeout("1s")]
async fn charge() -> Result<u64, PayError> {
    Ok(1)
}

#[bulkhead(10)]
async fn print() -> Result<u64, fmt::Error> {
    Ok(1)
}

#[breaker]
async fn both() -> Result<u64, PayError> {
    Ok(1)
}

fn main() {}
