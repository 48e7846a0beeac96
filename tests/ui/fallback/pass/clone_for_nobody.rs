//! The body may have its argument, or somebody gets a clone of it.
#![deny(warnings)]

use std::io;

use resilient_runtime::{fallback, read_only, retry};

pub async fn stored(name: String) -> io::Result<u64> {
    Ok(name.len() as u64)
}

#[read_only]
#[fallback(default)]
pub async fn consumed(name: String) -> io::Result<u64> {
    stored(name).await
}

#[read_only]
#[fallback(stored, clone(name))]
pub async fn cloned(name: String) -> io::Result<u64> {
    stored(name).await
}

#[retry(read_only)]
#[fallback(default, clone(name))]
pub async fn repeated(name: String) -> io::Result<u64> {
    stored(name).await
}

fn main() {}
