//! A signature the compiler itself refuses.
use std::io;

use resilient_runtime::retry;

#[retry(read_only)]
async fn half_typed(url: ) -> io::Result<usize> {
    Ok(1)
}

fn main() {}
