//! How many? A limit of nothing, of none, and of two.
use std::io;

use resilient_runtime::bulkhead;

#[bulkhead]
async fn no_limit() -> io::Result<u64> {
    Ok(1)
}

#[bulkhead("payments")]
async fn a_name_only() -> io::Result<u64> {
    Ok(1)
}

#[bulkhead(0)]
async fn zero() -> io::Result<u64> {
    Ok(1)
}

#[bulkhead(10, 20)]
async fn two() -> io::Result<u64> {
    Ok(1)
}

#[bulkhead("10")]
async fn quoted() -> io::Result<u64> {
    Ok(1)
}

#[bulkhead(1.5)]
async fn fraction() -> io::Result<u64> {
    Ok(1)
}

#[bulkhead(max_concurrent = 10)]
async fn other_words() -> io::Result<u64> {
    Ok(1)
}

#[bulkhead(limit = 10)]
async fn named_limit() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
