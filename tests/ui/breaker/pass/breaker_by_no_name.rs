//! Every way to say which breaker: one's own, by name, a `static`, a field, and each by a key.
#![deny(warnings)]

use std::io;

use resilient_runtime::breaker;
use resilient_runtime::breaker::{Breaker, Settings};

pub mod states {
    use super::{Breaker, Settings};

    pub static PAYMENTS: Breaker = Breaker::new(Settings::new()).shown_as("payments");
}

#[breaker]
pub async fn own() -> io::Result<u64> {
    Ok(1)
}

#[breaker("payments", key(region))]
pub async fn named(region: &str) -> io::Result<usize> {
    Ok(region.len())
}

#[breaker(states::PAYMENTS)]
pub async fn by_path() -> io::Result<u64> {
    Ok(1)
}

pub struct Client {
    breaker: Breaker,
}

impl Client {
    #[breaker(self.breaker, key((region, 7)))]
    pub async fn get(&self, region: &str) -> io::Result<usize> {
        Ok(region.len())
    }
}

fn main() {
    let _ = Client {
        breaker: Breaker::new(Settings::new()),
    };
}
