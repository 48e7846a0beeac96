//! What other libraries call it.
use std::io;

use resilient_runtime::{breaker, bulkhead, retry, timeout};

#[retry(read_only, max_attempts = 3, delay = "100ms", retry_if = is_transient)]
async fn rust_words() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, maxRetries = 3, retryOn = TimeoutException, abortOn = "x", jitter = true)]
async fn java_words() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, stop = 3, wait = "1s", tries = 2, on_retry(log))]
async fn python_words() -> io::Result<u64> {
    Ok(1)
}

#[retry(
    read_only,
    circuit_breaker,
    max_delay = "1s",
    multiplier = 2.0,
    initial_delay = "100ms"
)]
async fn mixed_words() -> io::Result<u64> {
    Ok(1)
}

#[breaker(
    threshold = 5,
    reset_timeout = "30s",
    failureRateThreshold = 50,
    slidingWindowSize = 100
)]
async fn breaker_words() -> io::Result<u64> {
    Ok(1)
}

#[timeout(duration = "1s", per_try = "500ms", secs = 5)]
async fn timeout_words() -> io::Result<u64> {
    Ok(1)
}

#[bulkhead(max_concurrent = 10, max_wait = "50ms", waitingTaskQueue = 10)]
async fn bulkhead_words() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
