//! A declaration has no numbers.
use resilient_runtime::{idempotent, read_only};

#[idempotent(3)]
async fn number() -> u64 {
    1
}

#[read_only("yes")]
async fn text() -> u64 {
    1
}

fn main() {}
