//! Arguments by reference, cloned for every attempt, or copied.
#![deny(warnings)]

use std::io;

use resilient_runtime::retry;

async fn post(body: String, tags: Vec<u8>) -> io::Result<usize> {
    Ok(body.len() + tags.len())
}

#[retry(idempotent, clone(body, tags))]
pub async fn send(body: String, tags: Vec<u8>) -> io::Result<usize> {
    post(body, tags).await
}

#[retry(idempotent)]
pub async fn send_by_reference(body: &str, tags: &[u8]) -> io::Result<usize> {
    post(body.to_owned(), tags.to_vec()).await
}

#[retry(idempotent, clone(body))]
pub async fn put(body: impl Into<String>) -> io::Result<usize> {
    post(body, Vec::new()).await
}

#[retry(idempotent)]
pub async fn copied<T: Copy>(value: T, number: u64) -> io::Result<u64> {
    async move { (value, number) }.await;
    Ok(number)
}

// The name is bound anew, so what is given away is something else.
#[retry(idempotent)]
pub async fn bound_anew(body: String, tags: Vec<u8>) -> io::Result<usize> {
    let body = body.as_str();
    for tags in tags.iter() {
        drop(vec![tags]);
    }
    Ok(std::convert::identity(body).len())
}

pub trait Pod: Copy {}

// A bound of another crate may make a type `Copy`: nobody can tell, so nothing is said.
#[retry(idempotent)]
pub async fn copied_by_its_bound<T>(value: T, other: impl Pod) -> io::Result<u64>
where
    T: Pod,
{
    async move { (value, other) }.await;
    Ok(1)
}

#[derive(Clone)]
pub struct Client;

impl Client {
    #[retry(idempotent, clone(self))]
    pub async fn close(self) -> io::Result<()> {
        drop(self);
        Ok(())
    }

    // Used, not given away.
    #[retry(idempotent)]
    pub async fn name(self, prefix: String) -> io::Result<usize> {
        Ok(prefix.len())
    }
}

fn main() {}
