//! A wait, with as many places as the limit or as said.
#![deny(warnings)]

use std::io;

use resilient_runtime::bulkhead;

#[bulkhead(10, wait = "50ms")]
pub async fn as_many_as_the_limit() -> io::Result<u64> {
    Ok(1)
}

#[bulkhead(10, wait = "50ms", queue = 1)]
pub async fn one_place() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
