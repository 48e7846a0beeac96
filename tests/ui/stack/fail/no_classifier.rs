//! An error type that does not say what its failures mean.
use resilient_runtime::{breaker, retry};

struct PayError;

#[retry(read_only)]
async fn balance() -> Result<u64, PayError> {
    Err(PayError)
}

#[breaker]
async fn charge() -> Result<u64, std::num::ParseIntError> {
    "1".parse()
}

#[retry(read_only)]
async fn generic<E: std::fmt::Debug>(error: fn() -> E) -> Result<u64, E> {
    Err(error())
}

fn main() {}
