//! Every attempt gets its own.
#![deny(warnings)]

use std::io;

use resilient_runtime::retry;

#[retry(idempotent, clone(seen))]
pub async fn send(mut seen: u32) -> io::Result<u32> {
    seen += 1;
    Ok(seen)
}

#[retry(idempotent)]
pub async fn counts_in_the_body(seen: u32) -> io::Result<u32> {
    let mut seen = seen;
    seen += 1;
    Ok(seen)
}

#[derive(Clone, Copy)]
pub struct Request(u32);

impl Request {
    #[retry(idempotent, clone(self))]
    pub async fn send(mut self) -> io::Result<u32> {
        self.0 += 1;
        Ok(self.0)
    }
}

#[retry(idempotent)]
pub async fn in_a_pattern((seen, step): (u32, u32)) -> io::Result<u32> {
    Ok(seen + step)
}

fn main() {}
