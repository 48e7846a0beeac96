//! One of two functions repeats; an inner one that repeats only what never left; and the way out.
#![deny(warnings)]

use std::io;

use resilient_runtime::{read_only, retry, timeout};

#[retry(read_only)]
pub async fn balance() -> io::Result<u64> {
    Ok(1)
}

#[read_only]
#[timeout("1s")]
pub async fn limited() -> io::Result<u64> {
    balance().await
}

#[read_only]
#[retry(not_sent)]
pub async fn connects_again() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only)]
pub async fn does_not_multiply() -> io::Result<u64> {
    connects_again().await
}

#[retry(read_only, attempts = 2, allow(nested))]
pub async fn wanted() -> io::Result<u64> {
    balance().await
}

fn main() {}
