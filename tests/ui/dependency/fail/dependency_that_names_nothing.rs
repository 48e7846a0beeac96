//! A name that no policy could bear: on a function, and on an `impl` without an annotated method.
use std::io;

use resilient_runtime::{dependency, non_idempotent, read_only};

#[dependency("payments")]
async fn alone() -> io::Result<u64> {
    Ok(1)
}

#[non_idempotent]
#[dependency("payments")]
async fn an_effect_is_no_policy() -> io::Result<u64> {
    Ok(1)
}

trait Port {
    #[read_only]
    #[dependency("payments")]
    async fn balance(&self) -> io::Result<u64>;
}

struct Client;

#[dependency("payments")]
impl Client {
    async fn plain(&self) -> io::Result<u64> {
        Ok(1)
    }
}

fn main() {}
