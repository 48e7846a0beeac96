//! Whoever asks behind the body needs the client that it gave away.
use std::io;

use resilient_runtime::{non_idempotent, on_unknown, read_only};

#[derive(Clone)]
pub struct Client(String);

impl Client {
    #[read_only]
    async fn find(&self, _key: &str) -> io::Result<Option<String>> {
        Ok(None)
    }

    #[non_idempotent]
    #[on_unknown(key(order), confirm(Self::find), settles = "30s")]
    async fn charge(self, order: u64) -> io::Result<String> {
        let client = self;
        Ok(format!("{} {order}", client.0))
    }
}

fn main() {}
