//! A queue in which the whole time of the call may pass.
use std::io;

use resilient_runtime::{bulkhead, timeout};

#[bulkhead(10, wait = "2s")]
#[timeout("2s")]
async fn as_long() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
