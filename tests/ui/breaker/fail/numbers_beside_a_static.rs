//! A `static` or a field brings its own numbers.
use std::io;

use resilient_runtime::breaker;
use resilient_runtime::breaker::{Breaker, Settings};

static PAYMENTS: Breaker = Breaker::new(Settings::new());

#[breaker(PAYMENTS, failure_rate = "20%", probes = 2)]
async fn charge() -> io::Result<u64> {
    Ok(1)
}

struct Client {
    breaker: Breaker,
}

impl Client {
    #[breaker(self.breaker, window = "20s")]
    async fn get(&self) -> io::Result<u64> {
        Ok(1)
    }
}

fn main() {}
