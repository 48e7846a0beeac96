//! An answer that has no default.
use std::io;

use resilient_runtime::{fallback, read_only};

struct Rate(f64);

#[read_only]
#[fallback(default)]
async fn rate() -> io::Result<Rate> {
    Ok(Rate(1.08))
}

fn main() {
    let _ = rate();
    let Rate(_) = Rate(1.0);
}
