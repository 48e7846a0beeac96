//! A policy the others cannot see.
use std::io;

use resilient_runtime::retry as again;
use resilient_runtime::{idempotent as same, timeout};

#[timeout(total = "2s")]
#[again(read_only)]
async fn below() -> io::Result<u64> {
    Ok(1)
}

#[again(read_only)]
#[timeout(total = "2s")]
async fn above() -> io::Result<u64> {
    Ok(1)
}

#[timeout("2s")]
#[same]
async fn declaration() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
