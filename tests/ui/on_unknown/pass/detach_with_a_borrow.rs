//! Owned values, and what lives for ever.
#![deny(warnings)]

use std::io;

use resilient_runtime::{idempotent, non_idempotent, on_unknown, read_only};

#[read_only]
pub async fn find(_key: &str) -> io::Result<Option<u64>> {
    Ok(None)
}

#[idempotent]
pub async fn void(_key: &str) -> io::Result<()> {
    Ok(())
}

pub struct Client;

impl Client {
    #[read_only]
    async fn find(&self, _key: &str) -> io::Result<Option<u64>> {
        Ok(None)
    }

    #[non_idempotent]
    #[on_unknown(key(order), confirm(Self::find), settles = "30s", detach)]
    pub async fn method(self: std::sync::Arc<Self>, order: u64) -> io::Result<u64> {
        Ok(order)
    }
}

#[non_idempotent]
#[on_unknown(key(order), confirm(find), settles = "30s", detach)]
pub async fn owned(order: String, _kind: &'static str, _then: fn(&str)) -> io::Result<u64> {
    Ok(u64::try_from(order.len()).unwrap_or(u64::MAX))
}

fn main() {}
