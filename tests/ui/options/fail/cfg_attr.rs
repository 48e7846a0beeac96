//! Policies that stand in a `cfg_attr` are seen by their siblings.
use std::io;

use resilient_runtime::{retry, timeout};

#[timeout("2s")]
#[cfg_attr(all(), retry(read_only))]
async fn bare_beside_a_hidden_retry() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
