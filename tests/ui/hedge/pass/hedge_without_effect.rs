//! The effect is declared, or the retry says it.
#![deny(warnings)]

use std::io;

use resilient_runtime::{breaker, hedge, read_only, retry};

#[hedge(after = "p95")]
#[breaker]
#[read_only]
pub async fn search(query: &str) -> io::Result<usize> {
    Ok(query.len())
}

#[hedge(after = "p95")]
#[retry(read_only)]
pub async fn search_again(query: &str) -> io::Result<usize> {
    Ok(query.len())
}

fn main() {}
