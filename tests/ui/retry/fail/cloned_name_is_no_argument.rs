//! `clone(..)` names what is not there.
use std::io;

use resilient_runtime::retry;

#[retry(idempotent, clone(boddy))]
async fn send(body: String) -> io::Result<usize> {
    Ok(body.len())
}

#[retry(idempotent, clone(body))]
async fn nothing_to_clone() -> io::Result<usize> {
    Ok(1)
}

#[retry(idempotent, clone())]
async fn names_nothing(body: String) -> io::Result<usize> {
    Ok(body.len())
}

#[retry(idempotent, clone(body, body))]
async fn names_it_twice(body: String) -> io::Result<usize> {
    Ok(body.len())
}

#[retry(idempotent, clone("body", &body))]
async fn not_a_name(body: String) -> io::Result<usize> {
    Ok(body.len())
}

struct Client;

impl Client {
    #[retry(idempotent, clone(self))]
    async fn get(&self) -> io::Result<usize> {
        Ok(1)
    }
}

fn main() {
    let _ = Client.get();
}
