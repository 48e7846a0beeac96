//! The default of an answer takes no arguments.
use std::io;

use resilient_runtime::{fallback, read_only};

#[read_only]
#[fallback(default, clone(name))]
async fn look(name: String) -> io::Result<u64> {
    Ok(name.len() as u64)
}

fn main() {}
