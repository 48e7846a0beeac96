//! A lost read is asked again; and nobody knows what an undeclared call does.
use std::io;

use resilient_runtime::{idempotent, on_unknown, read_only, retry};

#[read_only]
async fn find(_key: &str) -> io::Result<Option<u64>> {
    Ok(None)
}

#[idempotent]
async fn void(_key: &str) -> io::Result<()> {
    Ok(())
}

#[read_only]
#[on_unknown(key(order), confirm(find), settles = "30s")]
async fn rate(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[retry(read_only)]
#[on_unknown(key(order), confirm(find), settles = "30s")]
async fn repeated(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[on_unknown(key(order), confirm(find), settles = "30s")]
async fn undeclared(order: u64) -> io::Result<u64> {
    Ok(order)
}

fn main() {}
