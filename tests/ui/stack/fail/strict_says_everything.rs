//! What `strict` asks for: an effect, a time limit, and the effect of every awaited call.
use std::io;

use resilient_runtime::{bulkhead, retry, timeout};

async fn undeclared() -> u64 {
    1
}

#[retry(read_only, strict)]
async fn without_a_limit() -> io::Result<u64> {
    Ok(1)
}

#[timeout("1s", strict)]
async fn without_an_effect() -> io::Result<u64> {
    Ok(1)
}

#[bulkhead(10, strict)]
async fn without_both() -> io::Result<u64> {
    Ok(1)
}

#[retry(read_only, strict)]
#[timeout(total = "2s", attempt = "500ms")]
async fn awaits_what_says_nothing() -> io::Result<u64> {
    tokio::task::yield_now().await;
    Ok(undeclared().await)
}

macro_rules! hidden {
    ($call:expr) => {
        $call
    };
}

#[retry(read_only, strict)]
#[timeout(total = "2s", attempt = "500ms")]
async fn awaits_in_a_macro() -> io::Result<u64> {
    Ok(hidden!(undeclared().await))
}

fn main() {}
