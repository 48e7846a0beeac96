//! One attempt has one limit; a retry has both.
#![deny(warnings)]

use std::io;

use resilient_runtime::{retry, timeout};

#[timeout("500ms")]
pub async fn one() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only)]
#[timeout(attempt = "500ms")]
pub async fn several() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
