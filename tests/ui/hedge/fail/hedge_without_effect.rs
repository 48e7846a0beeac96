//! Nobody said what happens if the service does this twice.
use std::io;

use resilient_runtime::{breaker, hedge};

#[hedge(after = "p95")]
#[breaker]
async fn search(query: &str) -> io::Result<usize> {
    Ok(query.len())
}

fn main() {}
