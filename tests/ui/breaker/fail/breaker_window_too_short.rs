//! A window that forgets the first hanging call before the second has timed out.
use std::io;

use resilient_runtime::{breaker, retry, timeout};

#[breaker(window = "3s")]
#[timeout("2s")]
async fn short_window() -> io::Result<u64> {
    Ok(1)
}

#[breaker("payments")]
#[timeout("6s")]
async fn long_call_in_the_default_window_of_a_shared_breaker() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only)]
#[breaker(window = "900ms")]
#[timeout(total = "2s", attempt = "500ms")]
async fn by_attempt() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
