//! The blocking part has a thread of its own, and the call around it is `async`.
#![deny(warnings)]

use std::io;

use resilient_runtime::{read_only, timeout};

#[read_only]
#[timeout("1s")]
pub async fn read_file() -> io::Result<String> {
    tokio::task::spawn_blocking(|| std::fs::read_to_string("/etc/hostname")).await?
}

fn main() {}
