//! `when` and `before_retry` whose functions do not fit.
use std::io;

use resilient_runtime::retry;

fn takes_a_value(error: io::Error) -> bool {
    error.kind() == io::ErrorKind::Other
}

async fn takes_nothing() {}

#[retry(read_only, when(takes_a_value))]
async fn narrowed() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, before_retry(takes_nothing))]
async fn refreshed(token: &str) -> io::Result<usize> {
    Ok(token.len())
}

#[retry(read_only, when(|error: &io::Error| error.kind() == io::ErrorKind::Other))]
async fn closure() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, when(), before_retry("refresh"))]
async fn empty() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
