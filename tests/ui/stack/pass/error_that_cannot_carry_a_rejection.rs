//! `From<Rejected>`, the derive, or `rejected(path)`; a retry alone rejects nothing.
#![deny(warnings)]

use std::fmt;

use resilient_runtime::{Classify, FromRejected, Rejected, bulkhead, retry, timeout};

#[derive(Classify)]
#[failure(unknown)]
pub struct PayError;

#[retry(read_only)]
pub async fn rejects_nothing() -> Result<u64, PayError> {
    Ok(1)
}

#[derive(FromRejected)]
pub enum OrderError {
    Declined,
    #[rejected]
    Policy(Rejected),
}

#[timeout("1s")]
pub async fn derived() -> Result<u64, OrderError> {
    Err(OrderError::Declined)
}

pub fn unprintable(rejected: Rejected) -> fmt::Error {
    let _ = rejected;
    fmt::Error
}

#[bulkhead(10, rejected(unprintable))]
pub async fn by_path() -> Result<u64, fmt::Error> {
    Ok(1)
}

#[timeout("1s")]
pub async fn boxed() -> Result<u64, Box<dyn std::error::Error + Send + Sync>> {
    Ok(1)
}

fn main() {}
