//! A breaker in a `static`, by path, and in a field of the client.
#![deny(warnings)]

use std::io;

use resilient_runtime::breaker;
use resilient_runtime::breaker::{Breaker, Settings};

static PAYMENTS: Breaker = Breaker::new(Settings::new());

#[breaker(PAYMENTS)]
pub async fn charge() -> io::Result<u64> {
    Ok(1)
}

#[breaker(self::PAYMENTS)]
pub async fn by_path() -> io::Result<u64> {
    Ok(1)
}

pub struct Client {
    partner: Partner,
}

pub struct Partner {
    breaker: Breaker,
}

impl Client {
    #[breaker(self.partner.breaker)]
    pub async fn get(&self) -> io::Result<u64> {
        Ok(1)
    }
}

fn main() {
    let breaker = Breaker::new(Settings::new());
    let _ = Client {
        partner: Partner { breaker },
    };
}
