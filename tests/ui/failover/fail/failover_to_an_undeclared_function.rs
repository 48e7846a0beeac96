//! A next provider of which nobody knows what it does.
use std::io;

use resilient_runtime::{failover, idempotent, non_idempotent, read_only};

async fn undeclared() -> io::Result<u64> {
    Ok(2)
}

fn not_async() -> io::Result<u64> {
    Ok(2)
}

#[idempotent]
#[failover(undeclared)]
async fn put() -> io::Result<u64> {
    Ok(1)
}

#[read_only]
#[failover(not_async)]
async fn look() -> io::Result<u64> {
    Ok(1)
}

struct Client;

impl Client {
    async fn elsewhere(&self) -> io::Result<u64> {
        Ok(2)
    }

    #[non_idempotent]
    #[failover(Self::elsewhere)]
    async fn pay(&self) -> io::Result<u64> {
        Ok(1)
    }
}

fn main() {}
