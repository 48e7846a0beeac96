//! Everything wrong with one stack is said in one compile.
use std::io;

use resilient_runtime::{breaker, bulkhead, non_idempotent, retry, timeout};

#[retry(attempts = 9, backoff("5s", max = "1s"), max_retries = 3)]
#[timeout(5)]
#[breaker(failure_rate = 50)]
#[bulkhead]
async fn options() -> io::Result<u64> {
    Ok(1)
}

#[retry(attempts = 9, backoff("5s", max = "1s"))]
#[timeout("5s")]
#[breaker(open = "1m", max_open = "30s", slow_rate = "50%")]
#[bulkhead(10, wait = "10s")]
async fn rules() -> io::Result<u64> {
    Ok(1)
}

#[non_idempotent]
async fn charge() -> io::Result<u64> {
    Ok(1)
}

// The effects of the body are checked too.
#[retry(idempotent, attempts = 9)]
async fn body_and_rule() -> io::Result<u64> {
    charge().await
}

pub async fn caller() -> io::Result<u64> {
    Ok(options().await? + rules().await? + body_and_rule().await?)
}

fn main() {}
