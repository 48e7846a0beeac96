//! Half-typed code keeps the compiler's own error, and the attributes add none.
use std::io;

use resilient_runtime::{retry, timeout};

#[retry(read_only)]
#[timeout(total = "2s", attempt = "500ms")]
async fn half_typed(url: &str) -> io::Result<usize> {
    let length = url.;
    Ok(length)
}

fn main() {}
