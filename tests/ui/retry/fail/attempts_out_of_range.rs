//! `attempts` counts the first call: one is no retry, and none is no call.
use std::io;

use resilient_runtime::retry;

#[retry(read_only, attempts = 1)]
async fn once() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, attempts = 0)]
async fn never() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, attempts = "3")]
async fn quoted() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, attempts = -1)]
async fn negative() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, attempts = 5_000_000_000)]
async fn huge() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, attempts = MANY)]
async fn constant() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, attempts = 3x)]
async fn times() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
