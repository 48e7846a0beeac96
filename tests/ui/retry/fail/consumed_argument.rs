//! A body that gives an argument away cannot run twice.
use std::io;

use resilient_runtime::retry;

async fn post(body: String, tags: Vec<u8>) -> io::Result<usize> {
    Ok(body.len() + tags.len())
}

#[retry(idempotent)]
async fn send(body: String, tags: Vec<u8>) -> io::Result<usize> {
    post(body, tags).await
}

#[retry(idempotent)]
async fn put(body: impl Into<String>) -> io::Result<usize> {
    Ok(body.into().len())
}

#[retry(idempotent)]
async fn any<T>(value: T) -> io::Result<usize> {
    drop(value);
    Ok(1)
}

struct Client;

impl Client {
    #[retry(idempotent)]
    async fn close(self) -> io::Result<()> {
        drop(self);
        Ok(())
    }
}

fn main() {
    let _ = Client.close();
}
