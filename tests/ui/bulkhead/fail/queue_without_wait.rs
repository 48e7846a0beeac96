//! A queue in which nobody waits.
use std::io;

use resilient_runtime::bulkhead;

#[bulkhead(10, queue = 5)]
async fn queue_alone() -> io::Result<u64> {
    Ok(1)
}

#[bulkhead(10, wait = "50ms", queue = 0)]
async fn empty_queue() -> io::Result<u64> {
    Ok(1)
}

#[bulkhead(10, wait = "0ms")]
async fn no_wait() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
