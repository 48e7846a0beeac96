//! The marker says one thing only.
use std::io;

use resilient_runtime::{database, read_only};

#[read_only]
#[database("orders")]
async fn orders() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
