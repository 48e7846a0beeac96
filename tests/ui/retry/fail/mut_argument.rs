//! `mut` arguments carry what one attempt did into the next.
use std::io;

use resilient_runtime::retry;

#[retry(idempotent)]
async fn send(mut seen: u32, body: &str) -> io::Result<u32> {
    seen += 1;
    Ok(seen + body.len() as u32)
}

#[derive(Clone, Copy)]
struct Request(u32);

impl Request {
    #[retry(idempotent)]
    async fn send(mut self) -> io::Result<u32> {
        self.0 += 1;
        Ok(self.0)
    }
}

#[retry(idempotent)]
async fn in_a_pattern((mut seen, step): (u32, u32)) -> io::Result<u32> {
    seen += step;
    Ok(seen)
}

fn main() {
    let _ = Request(0).send();
}
