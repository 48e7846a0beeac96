//! Attempts that use up all the time, so that nobody else is ever called.
use std::io;

use resilient_runtime::{failover, non_idempotent, read_only, retry, timeout};

#[read_only]
async fn elsewhere() -> io::Result<u64> {
    Ok(2)
}

#[retry(read_only)]
#[timeout(total = "1s", attempt = "400ms")]
#[failover(elsewhere)]
async fn three_attempts() -> io::Result<u64> {
    Ok(1)
}

#[read_only]
#[timeout("1s", attempt = "900ms")]
#[failover(elsewhere)]
async fn one_attempt() -> io::Result<u64> {
    Ok(1)
}

#[retry(not_sent, attempts = 4, backoff("400ms"), jitter(none))]
#[timeout(total = "2s", attempt = "100ms", unknown(to_caller))]
#[failover(elsewhere)]
async fn backoffs() -> io::Result<u64> {
    Ok(1)
}

#[non_idempotent]
#[timeout("1s", attempt = "1s", unknown(to_caller))]
#[failover(elsewhere)]
async fn no_longer_than_the_total() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
