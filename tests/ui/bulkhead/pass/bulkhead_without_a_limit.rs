//! A limit, with or without a queue; a `static` brings its own.
#![deny(warnings)]

use std::io;
use std::time::Duration;

use resilient_runtime::bulkhead;
use resilient_runtime::bulkhead::{Bulkhead, Settings};

static PAYMENTS: Bulkhead = Bulkhead::new(Settings::new(10).wait(Duration::from_millis(50)));

#[bulkhead(1)]
pub async fn one_at_a_time() -> io::Result<u64> {
    Ok(1)
}

#[bulkhead("payments", 10, wait = "50ms", queue = 5)]
pub async fn named() -> io::Result<u64> {
    Ok(1)
}

#[bulkhead(PAYMENTS)]
pub async fn by_static() -> io::Result<u64> {
    Ok(1)
}

pub struct Client {
    bulkhead: Bulkhead,
}

impl Client {
    #[bulkhead(self.bulkhead, key(account))]
    pub async fn get(&self, account: u64) -> io::Result<u64> {
        Ok(account)
    }
}

fn main() {
    let _ = Client {
        bulkhead: Bulkhead::new(Settings::new(10)),
    };
}
