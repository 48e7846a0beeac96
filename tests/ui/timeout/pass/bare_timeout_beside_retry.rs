//! Alone a bare duration is the total; beside a retry both limits have their names.
#![deny(warnings)]

use std::io;

use resilient_runtime::{retry, timeout};

#[timeout("2s")]
pub async fn alone() -> io::Result<u64> {
    Ok(1)
}

#[timeout(total = "1m 30s")]
pub async fn named() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only)]
#[timeout(total = "2s", attempt = "500ms")]
pub async fn both() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only)]
#[timeout(attempt = "0.5s")]
pub async fn attempt_alone() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
