//! The numbers stand where the breaker is made; what is counted may differ from function to function.
#![deny(warnings)]

use std::io;

use resilient_runtime::breaker;
use resilient_runtime::breaker::{Breaker, Ratio, Settings};

static PAYMENTS: Breaker = Breaker::new(Settings::new().failure_rate(Ratio::percent(20)).probes(2));

fn is_not_found(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
}

#[breaker(PAYMENTS, ignore(is_not_found))]
pub async fn charge() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
