//! A `static` or a field brings its own limit.
use std::io;

use resilient_runtime::bulkhead;
use resilient_runtime::bulkhead::{Bulkhead, Settings};

static PAYMENTS: Bulkhead = Bulkhead::new(Settings::new(10));

#[bulkhead(PAYMENTS, 20, wait = "50ms")]
async fn charge() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
