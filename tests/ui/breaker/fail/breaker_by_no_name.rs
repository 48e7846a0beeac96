//! A breaker that cannot be found by what is written, or has two names.
use std::io;

use resilient_runtime::breaker;

#[breaker("payments", "orders")]
async fn two_names() -> io::Result<u64> {
    Ok(1)
}

#[breaker("")]
async fn empty_name() -> io::Result<u64> {
    Ok(1)
}

#[breaker(5)]
async fn number() -> io::Result<u64> {
    Ok(1)
}

#[breaker(make_breaker())]
async fn call() -> io::Result<u64> {
    Ok(1)
}

#[breaker(client.breaker)]
async fn field_of_an_argument(client: u8) -> io::Result<u8> {
    Ok(client)
}

#[breaker(key())]
async fn key_of_nothing() -> io::Result<u64> {
    Ok(1)
}

#[breaker(key(region account))]
async fn two_keys(region: u8, account: u8) -> io::Result<u8> {
    Ok(region + account)
}

fn main() {}
