//! A limit per attempt where there is one attempt only.
use std::io;

use resilient_runtime::timeout;

#[timeout(attempt = "500ms")]
async fn one() -> io::Result<u64> {
    Ok(1)
}

#[timeout(total = "2s", attempt = "500ms")]
async fn two() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
