//! Due in time; of a percentile nobody can say.
#![deny(warnings)]

use std::io;

use resilient_runtime::{hedge, read_only, timeout};

#[hedge(after = "400ms", max = 3)]
#[timeout(total = "1400ms", attempt = "800ms")]
#[read_only]
pub async fn attempt(query: &str) -> io::Result<usize> {
    Ok(query.len())
}

#[hedge(after = "p99")]
#[timeout("5ms")]
#[read_only]
pub async fn total(query: &str) -> io::Result<usize> {
    Ok(query.len())
}

#[hedge(after = "80ms")]
#[timeout(attempt = "500ms")]
#[read_only]
pub async fn each(query: &str) -> io::Result<usize> {
    Ok(query.len())
}

fn main() {}
