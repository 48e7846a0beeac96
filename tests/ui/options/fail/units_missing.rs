//! A bare number is read as milliseconds by one and as seconds by the other.
use std::io;

use resilient_runtime::{bulkhead, retry, timeout};

#[timeout(5)]
async fn bare() -> io::Result<u64> {
    Ok(1)
}

#[timeout("5")]
async fn quoted() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, backoff(100, max = 2.5))]
#[timeout(total = 2s, attempt = 500ms)]
async fn unquoted() -> io::Result<u64> {
    Ok(1)
}

#[timeout("5 parsecs")]
async fn another_unit() -> io::Result<u64> {
    Ok(1)
}

#[timeout("")]
async fn empty() -> io::Result<u64> {
    Ok(1)
}

#[timeout("s")]
async fn no_number() -> io::Result<u64> {
    Ok(1)
}

#[timeout("1..5s")]
async fn two_points() -> io::Result<u64> {
    Ok(1)
}

#[timeout("99999999999999999999s")]
async fn too_long() -> io::Result<u64> {
    Ok(1)
}

#[timeout("400d 400000d")]
async fn too_long_in_all() -> io::Result<u64> {
    Ok(1)
}

#[timeout("0s")]
async fn zero() -> io::Result<u64> {
    Ok(1)
}

#[bulkhead(10, wait = Duration::from_millis(50))]
async fn expression() -> io::Result<u64> {
    Ok(1)
}

#[timeout(-1)]
async fn negative() -> io::Result<u64> {
    Ok(1)
}

#[timeout("-1s")]
async fn negative_text() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
