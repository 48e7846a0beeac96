//! A wait that is as long as the whole call may take.
use std::io;

use resilient_runtime::{rate_limit, timeout};

#[rate_limit("10/s", wait = "2s")]
#[timeout("2s")]
async fn as_long() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
