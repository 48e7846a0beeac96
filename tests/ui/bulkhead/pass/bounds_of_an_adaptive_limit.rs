//! A limit that follows the service, by its defaults, between bounds, with a queue, in a `static`.
#![deny(warnings)]

use std::io;

use resilient_runtime::bulkhead::{Bulkhead, Settings};
use resilient_runtime::{bulkhead, timeout};

static PAYMENTS: Bulkhead = Bulkhead::new(Settings::adaptive(1, 200));

#[bulkhead(adaptive)]
#[timeout("1s")]
pub async fn defaults() -> io::Result<u64> {
    Ok(1)
}

#[bulkhead("payments", adaptive, min = 5, max = 6, wait = "50ms", queue = 3, key(account))]
#[timeout("1s")]
pub async fn everything(account: u64) -> io::Result<u64> {
    Ok(account)
}

#[bulkhead(PAYMENTS)]
#[timeout("1s")]
pub async fn by_static() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
