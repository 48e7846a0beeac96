//! A `static` of another type, and one that is not there.
use std::io;

use resilient_runtime::breaker;

static NUMBER: u64 = 1;

#[breaker(NUMBER)]
async fn number() -> io::Result<u64> {
    Ok(1)
}

#[breaker(NOWHERE)]
async fn nowhere() -> io::Result<u64> {
    Ok(1)
}

struct Client {
    limit: u64,
}

impl Client {
    #[breaker(self.limit)]
    async fn get(&self) -> io::Result<u64> {
        Ok(1)
    }
}

fn main() {
    let _ = Client { limit: 1 }.get();
}
