//! Totals that are just long enough, and the way out.
#![deny(warnings)]

use std::io;

use resilient_runtime::{retry, timeout};

#[retry(read_only)]
#[timeout(total = "1250ms", attempt = "1s")]
pub async fn a_quarter_is_left() -> io::Result<u64> {
    Ok(1)
}

#[retry(idempotent, backoff(fixed, "500ms"), jitter(none))]
#[timeout(total = "1750ms", attempt = "1s")]
pub async fn with_the_backoff() -> io::Result<u64> {
    Ok(1)
}

// A write is not repeated after a timeout: only what failed to connect is.
#[retry(not_sent)]
#[timeout(total = "2s", attempt = "1900ms", unknown(to_caller))]
pub async fn a_write() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, allow(total_too_short))]
#[timeout(total = "2s", attempt = "1900ms")]
pub async fn repeats_what_fails_early() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
