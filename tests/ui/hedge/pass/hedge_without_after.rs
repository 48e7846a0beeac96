//! A time, or a percentile; a budget of its own, or a shared one.
#![deny(warnings)]

use std::io;

use resilient_runtime::{hedge, read_only};

#[hedge(after = "80ms")]
#[read_only]
pub async fn time() -> io::Result<u64> {
    Ok(1)
}

#[hedge(after = "p50", max = 4, budget(earn = "5%", save = 2))]
#[read_only]
pub async fn percentile() -> io::Result<u64> {
    Ok(1)
}

#[hedge(after = "P99", budget("search"))]
#[read_only]
pub async fn shared() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
