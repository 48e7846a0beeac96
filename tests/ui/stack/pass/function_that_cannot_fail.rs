//! Aliases of `Result`, and declarations, which need no error at all.
#![deny(warnings)]

use std::io;

use resilient_runtime::{breaker, bulkhead, idempotent, read_only, retry, timeout};

pub type Answer<T> = io::Result<T>;
pub type Done = io::Result<()>;

#[retry(read_only)]
#[timeout(total = "2s", attempt = "500ms")]
#[breaker]
#[bulkhead(10)]
pub async fn alias() -> Answer<u64> {
    Ok(1)
}

#[timeout("1s")]
pub async fn alias_without_arguments() -> Done {
    Ok(())
}

#[timeout("1s")]
pub async fn hidden_answer() -> Result<impl Iterator<Item = u8>, io::Error> {
    Ok([1].into_iter())
}

#[read_only]
pub async fn declared() -> u64 {
    1
}

#[idempotent]
pub async fn declared_without_answer() {}

fn main() {}
