//! Rates in every form, with or without a queue; a `static` brings its own.
#![deny(warnings)]

use std::io;
use std::time::Duration;

use resilient_runtime::rate_limit;
use resilient_runtime::rate_limit::{Rate, RateLimit, Settings};

static PAYMENTS: RateLimit =
    RateLimit::new(Settings::new(Rate::per_second(100)).wait(Duration::from_millis(50)));

#[rate_limit("100/s")]
pub async fn a_second() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit("6000/min", burst = 1)]
pub async fn a_minute() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit("1/2s", wait = "1m 30s", burst = 5)]
pub async fn two_seconds() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit("payments", "20 / h")]
pub async fn named() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit("20/1m 30s", "payments by another order")]
pub async fn named_behind() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit("4294967295/5s", burst = 4294967295)]
pub async fn the_most() -> io::Result<u64> {
    Ok(1)
}

#[rate_limit(PAYMENTS)]
pub async fn by_static() -> io::Result<u64> {
    Ok(1)
}

pub struct Client {
    rate_limit: RateLimit,
}

impl Client {
    #[rate_limit(self.rate_limit, key(account))]
    pub async fn get(&self, account: u64) -> io::Result<u64> {
        Ok(account)
    }
}

fn main() {
    let _ = Client {
        rate_limit: RateLimit::new(Settings::new(Rate::per_minute(10))),
    };
}
