//! Delays that contradict themselves.
use std::io;

use resilient_runtime::retry;

#[retry(read_only, backoff(fixed, "1s", factor = 2))]
async fn fixed_and_growing() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, backoff(fixed))]
async fn fixed_at_what() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, backoff(fixed, exponential, "1s"))]
async fn both() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, backoff("1s", "2s"))]
async fn two() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, backoff("100ms", factor = 0.5))]
async fn shrinks() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, backoff("100ms", factor = "2"))]
async fn quoted() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, backoff("100ms", multiplier = 2, max_delay = "1s"))]
async fn other_words() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, backoff())]
async fn empty() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, jitter(equal))]
async fn another_jitter() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, jitter())]
async fn no_jitter_named() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
