//! Blocking functions cannot be cut off.
use std::io;

use resilient_runtime::{idempotent, retry, timeout};

#[timeout("1s")]
fn read_file() -> io::Result<String> {
    std::fs::read_to_string("/etc/hostname")
}

#[idempotent]
fn declared() -> u64 {
    1
}

#[retry(read_only)]
fn future() -> impl std::future::Future<Output = io::Result<u64>> {
    async { Ok(1) }
}

trait Gateway {
    #[idempotent]
    fn charge(&self) -> io::Result<u64>;
}

pub fn caller() -> io::Result<String> {
    read_file()
}

fn main() {
    let _ = (declared(), future());
}
