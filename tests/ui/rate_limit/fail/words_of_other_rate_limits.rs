//! What other libraries call it.
use std::io;

use resilient_runtime::{rate_limit, retry};

#[rate_limit(limitForPeriod = 50, limitRefreshPeriod = "1s", timeoutDuration = "50ms")]
async fn java_words() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit(permits_per_second = 20, max_burst = 5)]
async fn guava_words() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit(rps = 30)]
async fn short_words() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit(requests_per_minute = 40)]
async fn a_minute() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit(name = "payments")]
async fn named() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit("10/s", queue = 5)]
async fn option_of_the_bulkhead() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, throttle)]
async fn throttled() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit("10/s", burts = 5)]
async fn slip_of_the_pen() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
