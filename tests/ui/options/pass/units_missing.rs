//! Every unit, and sums of them.
#![deny(warnings)]

use std::io;

use resilient_runtime::timeout;

#[timeout("500ms")]
pub async fn milliseconds() -> io::Result<u64> {
    Ok(1)
}

#[timeout("1h 30m 1.5s")]
pub async fn sum() -> io::Result<u64> {
    Ok(1)
}

#[timeout("2 minutes")]
pub async fn words() -> io::Result<u64> {
    Ok(1)
}

#[timeout("1ns")]
pub async fn shortest() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
