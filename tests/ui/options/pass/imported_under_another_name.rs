//! By full path, through another name of the crate, and several by name.
#![deny(warnings)]

use std::io;

use resilient_runtime as resilient;
use resilient_runtime::{breaker, timeout};

#[resilient::retry(read_only)]
#[timeout(total = "2s", attempt = "500ms")]
#[::resilient_runtime::bulkhead(10)]
#[breaker]
pub async fn by_path() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
