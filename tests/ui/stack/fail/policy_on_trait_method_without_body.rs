//! A policy where there is no call it could act on.
use std::io;

use resilient_runtime::{retry, timeout};

trait Gateway {
    #[retry(idempotent)]
    async fn charge(&self) -> io::Result<u64>;

    #[timeout("1s")]
    async fn balance(&self) -> io::Result<u64>;
}

fn main() {}
