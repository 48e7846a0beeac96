//! More attempts than help anybody.
use std::io;

use resilient_runtime::retry;

#[retry(read_only, attempts = 6)]
async fn balance() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
