//! Policies on functions that have no way to say that they failed.
use std::io;

use resilient_runtime::{breaker, bulkhead, retry, timeout};

#[retry(read_only)]
async fn nothing() {}

#[timeout("1s")]
async fn unit() -> () {}

#[bulkhead(10)]
async fn number() -> u64 {
    1
}

#[breaker]
async fn maybe() -> Option<u64> {
    None
}

#[retry(read_only)]
async fn nested() -> Option<io::Result<u64>> {
    None
}

#[timeout("1s")]
async fn never() -> ! {
    std::future::pending().await
}

enum Answer {
    Yes,
    No,
}

// What the tokens cannot tell, the types do.
#[timeout("1s")]
async fn own_type() -> Answer {
    Answer::Yes
}

fn main() {
    let _ = Answer::No;
}
