//! Every mistake on an `impl` at once, each at its word; the methods keep what was understood.
use std::io;

use resilient_runtime::{dependency, read_only, timeout};

struct Client;

#[dependency("payments", attempts = 3, allow(nonsense), classify)]
impl Client {
    #[timeout("1s")]
    async fn balance(&self) -> io::Result<u64> {
        Ok(1)
    }
}

#[dependency]
impl Client {
    #[timeout("1s")]
    async fn rate(&self) -> io::Result<u64> {
        Ok(1)
    }
}

#[dependency("payments")]
#[dependency("refunds")]
impl Client {
    #[timeout("1s")]
    async fn limit(&self) -> io::Result<u64> {
        Ok(1)
    }
}

#[dependency("payments", strict)]
impl Client {
    #[read_only]
    async fn declared(&self) -> io::Result<u64> {
        Ok(1)
    }

    #[timeout("1s")]
    async fn without_an_effect(&self) -> io::Result<u64> {
        Ok(1)
    }

    async fn without_anything(&self) -> io::Result<u64> {
        Ok(1)
    }
}

fn main() {}
