//! A read, also one that is repeated, and one of a trait.
#![deny(warnings)]

use std::io;

use resilient_runtime::{idempotent, non_idempotent, on_unknown, read_only, retry};

#[read_only]
pub async fn find(_key: &str) -> io::Result<Option<u64>> {
    Ok(None)
}

#[idempotent]
pub async fn void(_key: &str) -> io::Result<()> {
    Ok(())
}

#[retry(read_only)]
pub async fn find_again(_key: &str) -> io::Result<Option<u64>> {
    Ok(None)
}

pub trait Port {
    #[read_only]
    async fn find(&self, key: &str) -> io::Result<Option<u64>>;
    #[idempotent]
    async fn void(&self, key: &str) -> io::Result<()>;
}

pub struct Shop<P>(pub P);

impl<P: Port> Shop<P> {
    #[read_only]
    pub async fn find(&self, key: &str) -> io::Result<Option<u64>> {
        self.0.find(key).await
    }

    #[non_idempotent]
    #[on_unknown(key(order), confirm(Self::find), settles = "30s")]
    pub async fn charge(&self, order: u64) -> io::Result<u64> {
        Ok(order)
    }
}

#[non_idempotent]
#[on_unknown(key(order), confirm(find_again), settles = "30s")]
pub async fn charge(order: u64) -> io::Result<u64> {
    Ok(order)
}

fn main() {}
