//! What the caller has lent is gone when the caller is.
use std::io;

use resilient_runtime::{idempotent, non_idempotent, on_unknown, read_only};

#[read_only]
async fn find(_key: &str) -> io::Result<Option<u64>> {
    Ok(None)
}

#[idempotent]
async fn void(_key: &str) -> io::Result<()> {
    Ok(())
}

pub struct Client;

impl Client {
    #[non_idempotent]
    #[on_unknown(key(order), confirm(find), settles = "30s", detach)]
    async fn method(&self, order: u64) -> io::Result<u64> {
        Ok(order)
    }
}

#[non_idempotent]
#[on_unknown(key(order), confirm(find), settles = "30s", detach)]
async fn lent(order: &str, _list: Vec<&str>) -> io::Result<usize> {
    Ok(order.len())
}

fn main() {}
