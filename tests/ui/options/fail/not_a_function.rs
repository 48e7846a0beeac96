//! Policies where there is no call.
use resilient_runtime::{breaker, idempotent, read_only, retry, timeout};

#[retry(read_only)]
struct Client;

#[timeout("1s")]
impl Client {
    async fn get(&self) {}
}

#[breaker]
mod calls {}

#[idempotent]
trait Gateway {}

#[read_only]
static LIMIT: u64 = 1;

#[retry(read_only)]
type Alias = u64;

#[timeout("1s")]
use std::io;

fn main() {
    let _ = (Client.get(), LIMIT, io::stdin());
}
