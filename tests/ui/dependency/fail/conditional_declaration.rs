//! `strict` on an `impl`: a declaration that a condition takes away is none.
use std::io;

use resilient_runtime::{dependency, read_only, timeout};

struct Client;

#[dependency("payments", strict)]
impl Client {
    #[cfg_attr(any(), read_only)]
    async fn taken_away(&self) -> io::Result<u64> {
        Ok(1)
    }

    #[cfg_attr(all(), read_only)]
    #[timeout("1s")]
    async fn there(&self) -> io::Result<u64> {
        Ok(1)
    }
}

fn main() {
    drop((Client.taken_away(), Client.there()));
}
