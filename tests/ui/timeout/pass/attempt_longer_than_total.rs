//! The shortest total in which a second attempt can start after one that timed out.
#![deny(warnings)]

use std::io;

use resilient_runtime::{retry, timeout};

#[retry(read_only)]
#[timeout(total = "2s", attempt = "1600ms")]
pub async fn fits() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
