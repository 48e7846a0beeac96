//! Slowness that nothing can ever show.
use std::io;

use resilient_runtime::{breaker, timeout};

#[breaker(slow_rate = "50%")]
async fn rate_of_nothing() -> io::Result<u64> {
    Ok(1)
}

#[breaker(slow = "2s")]
#[timeout("2s")]
async fn cut_off_before_it_is_slow() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
