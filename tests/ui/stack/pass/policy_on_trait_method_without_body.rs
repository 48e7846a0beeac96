//! The port declares, the adapter acts.
#![deny(warnings)]

use std::io;

use resilient_runtime::{idempotent, retry, timeout};

pub trait Gateway {
    #[idempotent]
    async fn charge(&self) -> io::Result<u64>;

    /// A method with a body may carry policies itself.
    #[idempotent]
    #[timeout("1s")]
    async fn twice(&self) -> io::Result<u64> {
        Ok(2 * self.charge().await?)
    }
}

pub struct Bank;

impl Gateway for Bank {
    #[retry(idempotent)]
    #[timeout(total = "2s", attempt = "500ms")]
    async fn charge(&self) -> io::Result<u64> {
        Ok(1)
    }
}

fn main() {}
