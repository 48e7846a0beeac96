//! Nobody said whether a lost answer may have changed something.
use std::io;

use resilient_runtime::{fallback, timeout};

async fn stored() -> io::Result<u64> {
    Ok(2)
}

#[fallback(stored)]
async fn undeclared() -> io::Result<u64> {
    Ok(1)
}

#[timeout("1s")]
#[fallback(default)]
async fn default() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
