//! A fallback that does not fit the function.
use std::io;

use resilient_runtime::{fallback, read_only, timeout};

fn plain() -> u64 {
    2
}

async fn text() -> io::Result<String> {
    Ok(String::new())
}

async fn with_an_argument(n: u64) -> io::Result<u64> {
    Ok(n)
}

#[read_only]
#[fallback(plain)]
async fn no_result() -> io::Result<u64> {
    Ok(1)
}

#[read_only]
#[fallback(text)]
async fn another_answer() -> io::Result<u64> {
    Ok(1)
}

#[read_only]
#[fallback(with_an_argument)]
async fn other_arguments() -> io::Result<u64> {
    Ok(1)
}

#[read_only]
#[timeout("1s")]
#[fallback(undeclared, strict)]
async fn strict() -> io::Result<u64> {
    Ok(1)
}

async fn undeclared() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
