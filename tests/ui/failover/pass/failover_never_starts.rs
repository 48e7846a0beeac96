//! Time is left for the next provider, or it is for quick failures only.
#![deny(warnings)]

use std::io;

use resilient_runtime::{failover, non_idempotent, read_only, retry, timeout};

#[read_only]
pub async fn elsewhere() -> io::Result<u64> {
    Ok(2)
}

#[retry(read_only)]
#[timeout(total = "1300ms", attempt = "400ms")]
#[failover(elsewhere)]
pub async fn three_attempts() -> io::Result<u64> {
    Ok(1)
}

#[read_only]
#[timeout("1s", attempt = "800ms")]
#[failover(elsewhere)]
pub async fn one_attempt() -> io::Result<u64> {
    Ok(1)
}

#[read_only]
#[timeout("1s", attempt = "900ms")]
#[failover(elsewhere, allow(total_too_short))]
pub async fn quick_failures_only() -> io::Result<u64> {
    Ok(1)
}

/// Whose answer was lost goes to nobody else; what failed to connect did so at once.
#[non_idempotent]
#[timeout("1s", attempt = "900ms", unknown(to_caller))]
#[failover(elsewhere)]
pub async fn payment() -> io::Result<u64> {
    Ok(1)
}

#[read_only]
#[timeout("1s")]
#[failover(elsewhere)]
pub async fn nothing_can_be_proved() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
