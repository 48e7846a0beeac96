//! A total that leaves no time for a second attempt: the text shows the sum.
use std::io;

use resilient_runtime::{retry, timeout};

#[retry(read_only)]
#[timeout(total = "2s", attempt = "1900ms")]
async fn a_quarter_must_be_left() -> io::Result<u64> {
    Ok(1)
}

#[retry(idempotent, backoff(fixed, "500ms"), jitter(none))]
#[timeout(total = "1500ms", attempt = "1s")]
async fn the_backoff_counts_when_it_is_certain() -> io::Result<u64> {
    Ok(1)
}

#[retry(idempotent)]
#[timeout(total = "1500ms", attempt = "1s", least = "600ms")]
async fn as_much_as_least_says() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, backoff(fixed, "3s"), jitter(none))]
#[timeout(total = "2s")]
async fn the_backoff_alone_is_too_long() -> io::Result<u64> {
    Ok(1)
}

#[retry(not_sent, backoff(fixed, "800ms"), jitter(none))]
#[timeout(total = "2s", attempt = "1500ms", unknown(to_caller))]
async fn a_write_needs_a_whole_attempt() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
