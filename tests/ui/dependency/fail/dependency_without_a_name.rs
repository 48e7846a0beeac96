//! What is no name of a service.
use std::io;

use resilient_runtime::{dependency, timeout};

#[dependency]
#[timeout("1s")]
async fn none() -> io::Result<u64> {
    Ok(1)
}

#[dependency(payments)]
#[timeout("1s")]
async fn a_word() -> io::Result<u64> {
    Ok(1)
}

const PAYMENTS: &str = "payments";

#[dependency(crate::PAYMENTS)]
#[timeout("1s")]
async fn a_constant() -> io::Result<u64> {
    Ok(1)
}

#[dependency("payments", "refunds")]
#[timeout("1s")]
async fn two() -> io::Result<u64> {
    Ok(1)
}

#[dependency("")]
#[timeout("1s")]
async fn empty() -> io::Result<u64> {
    Ok(1)
}

#[dependency("payments")]
#[dependency("refunds")]
#[timeout("1s")]
async fn twice() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
