//! A function that answers in its own place.
use std::io;

use resilient_runtime::{failover, fallback, read_only};

#[read_only]
#[failover(look)]
async fn look() -> io::Result<u64> {
    Ok(1)
}

struct Client;

impl Client {
    #[read_only]
    #[fallback(Self::rate)]
    async fn rate(&self) -> io::Result<u64> {
        Ok(1)
    }
}

fn main() {}
