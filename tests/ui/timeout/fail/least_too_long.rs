//! `least` that no attempt could ever meet.
use std::io;

use resilient_runtime::{retry, timeout};

#[timeout("1s", least = "2s")]
async fn longer_than_the_total() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only)]
#[timeout(attempt = "500ms", least = "600ms")]
async fn longer_than_the_attempt() -> io::Result<u64> {
    Ok(1)
}

#[timeout(least = "100ms")]
async fn of_nothing() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
