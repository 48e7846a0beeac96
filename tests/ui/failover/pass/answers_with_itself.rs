//! A method's namesake, and the same method of somebody else.
#![deny(warnings)]

use std::io;

use resilient_runtime::{failover, fallback, read_only};

#[read_only]
pub async fn rate(client: &Client) -> io::Result<u64> {
    let _ = client;
    Ok(2)
}

pub struct Stored;

impl Stored {
    pub fn rate(_: &Client) -> io::Result<u64> {
        Ok(3)
    }
}

pub struct Client;

impl Client {
    #[read_only]
    #[failover(rate)]
    #[fallback(Stored::rate)]
    pub async fn rate(&self) -> io::Result<u64> {
        Ok(1)
    }
}

fn main() {}
