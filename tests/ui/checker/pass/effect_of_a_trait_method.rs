//! The same through types that say a small enough effect.
#![deny(warnings)]

use std::io;
use std::pin::Pin;

use resilient_runtime::effect::ReadOnly;
use resilient_runtime::{Call, idempotent, non_idempotent, read_only, retry};

pub trait Gateway {
    #[idempotent]
    async fn rename(&self) -> io::Result<u64>;
    #[non_idempotent]
    async fn charge(&self) -> io::Result<u64>;
}

// An implementation may do less than its trait allows.
pub struct Book;

impl Gateway for Book {
    #[read_only]
    async fn rename(&self) -> io::Result<u64> {
        Ok(1)
    }
    #[idempotent]
    async fn charge(&self) -> io::Result<u64> {
        Ok(1)
    }
}

#[retry(idempotent)]
pub async fn generic<G: Gateway>(gateway: &G) -> io::Result<u64> {
    gateway.rename().await
}

#[retry(not_sent)]
pub async fn pays<G: Gateway>(gateway: &G) -> io::Result<u64> {
    gateway.charge().await
}

#[idempotent]
pub async fn dynamic(call: Pin<Box<dyn Call<Output = u64, Effect = ReadOnly>>>) -> u64 {
    call.await
}

// What is known to be idempotent is so through the type, although the trait says more.
#[idempotent]
pub async fn known(book: &Book) -> io::Result<u64> {
    book.rename().await
}

fn main() {}
