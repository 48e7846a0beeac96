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

#[retry(idempotent)]
async fn waits_for_it(call: impl Future<Output = u64>) -> io::Result<u64> {
    Ok(call.await)
}

#[retry(idempotent)]
async fn by_its_bounds<T: Into<String>, F>(text: T, make: F) -> io::Result<usize>
where
    F: FnOnce() -> usize,
{
    run(make);
    Ok(text.into().len())
}

fn run<F: FnOnce() -> usize>(_: F) {}

#[retry(idempotent)]
async fn returns_it(list: Vec<u64>, text: String) -> io::Result<String> {
    for number in list {
        if number == 0 {
            break;
        }
    }
    let kept;
    kept = text;
    Ok(kept)
}

#[retry(idempotent)]
async fn inside_a_macro(team: impl Into<String>, body: impl Into<String>) -> io::Result<usize> {
    let route = format!("/teams/{team}", team = team.into());
    Ok(route.len() + json!({ "body": body.into() }))
}

macro_rules! json {
    ({ $key:literal: $value:expr }) => { $key.len() + $value.len() };
}
use json;

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
