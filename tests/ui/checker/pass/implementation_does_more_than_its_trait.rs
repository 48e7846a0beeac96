//! As much as the trait allows, or less; with a policy, or a retry that makes it repeatable.
#![deny(warnings)]

use std::io;

use resilient_runtime::{idempotent, non_idempotent, read_only, retry};

pub trait Gateway {
    #[read_only]
    async fn balance(&self) -> io::Result<u64>;
    #[idempotent]
    async fn pay(&self, order_id: u64) -> io::Result<u64>;
    #[non_idempotent]
    async fn charge(&self) -> io::Result<u64>;
}

pub struct Bank;

impl Gateway for Bank {
    #[retry(read_only)]
    async fn balance(&self) -> io::Result<u64> {
        Ok(1)
    }
    #[retry(idempotency_key(order_id))]
    async fn pay(&self, order_id: u64) -> io::Result<u64> {
        Ok(order_id)
    }
    #[retry(not_sent)]
    async fn charge(&self) -> io::Result<u64> {
        Ok(1)
    }
}

fn main() {}
