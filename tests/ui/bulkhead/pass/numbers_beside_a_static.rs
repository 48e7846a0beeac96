//! The limit stands where the bulkhead is made; the key may be any expression over the arguments.
#![deny(warnings)]

use std::io;

use resilient_runtime::bulkhead;
use resilient_runtime::bulkhead::{Bulkhead, Settings};

static PAYMENTS: Bulkhead = Bulkhead::new(Settings::new(20));

#[bulkhead(PAYMENTS, key(account % 4))]
pub async fn charge(account: u64) -> io::Result<u64> {
    Ok(account)
}

fn main() {}
