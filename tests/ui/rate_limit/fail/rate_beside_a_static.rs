//! A `static` or a field brings its own rate.
use std::io;

use resilient_runtime::rate_limit;
use resilient_runtime::rate_limit::{Rate, RateLimit, Settings};

static PAYMENTS: RateLimit = RateLimit::new(Settings::new(Rate::per_second(10)));

#[rate_limit(PAYMENTS, "20/s", burst = 5, wait = "50ms")]
async fn charge() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
