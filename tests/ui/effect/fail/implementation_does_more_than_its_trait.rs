//! Callers that only know the trait would repeat it.
use std::io;

use resilient_runtime::{idempotent, non_idempotent, read_only};

trait Gateway {
    #[read_only]
    async fn balance(&self) -> io::Result<u64>;
    #[idempotent]
    async fn rename(&self) -> io::Result<u64>;
    #[non_idempotent]
    async fn charge(&self) -> io::Result<u64>;
    #[idempotent]
    async fn delete(&self) -> io::Result<u64>;
}

struct Bank;

impl Gateway for Bank {
    #[idempotent]
    async fn balance(&self) -> io::Result<u64> {
        Ok(1)
    }
    #[non_idempotent]
    async fn rename(&self) -> io::Result<u64> {
        Ok(1)
    }
    async fn charge(&self) -> io::Result<u64> {
        Ok(1)
    }
    #[non_idempotent]
    async fn delete(&self) -> io::Result<u64> {
        Ok(1)
    }
}

fn main() {}
