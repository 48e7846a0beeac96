//! One duration, two possible meanings.
use std::io;

use resilient_runtime::{retry, timeout};

#[retry(read_only)]
#[timeout("2s")]
async fn which() -> io::Result<u64> {
    Ok(1)
}

#[timeout("2s", attempt = "500ms")]
async fn which_with_an_attempt() -> io::Result<u64> {
    Ok(1)
}

#[timeout("2s", total = "3s")]
async fn two_totals() -> io::Result<u64> {
    Ok(1)
}

#[timeout("2s", "3s")]
async fn two_values() -> io::Result<u64> {
    Ok(1)
}

#[timeout]
async fn none() -> io::Result<u64> {
    Ok(1)
}

#[timeout()]
async fn empty() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
