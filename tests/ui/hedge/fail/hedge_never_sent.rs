//! Due when it is over already.
use std::io;

use resilient_runtime::{hedge, read_only, timeout};

#[hedge(after = "500ms")]
#[timeout(total = "2s", attempt = "500ms")]
#[read_only]
async fn attempt(query: &str) -> io::Result<usize> {
    Ok(query.len())
}

#[hedge(after = "1s")]
#[timeout("1s")]
#[read_only]
async fn total(query: &str) -> io::Result<usize> {
    Ok(query.len())
}

#[hedge(after = "400ms", max = 3)]
#[timeout(total = "1300ms", attempt = "800ms")]
#[read_only]
async fn last(query: &str) -> io::Result<usize> {
    Ok(query.len())
}

fn main() {}
