//! What the reconciler asks has the effects that the attribute asks for.
use std::io;

use resilient_runtime::{idempotent, non_idempotent, read_only};

#[read_only]
async fn find(_key: &str) -> io::Result<Option<u64>> {
    Ok(None)
}

#[idempotent]
async fn void(_key: &str) -> io::Result<()> {
    Ok(())
}

#[non_idempotent]
async fn charge_again(_key: &str) -> io::Result<Option<u64>> {
    Ok(None)
}

pub fn resolvers() {
    use resilient_runtime::on_unknown::Resolver;
    let _ = Resolver::new().confirm(find).cancel(void);
    let _ = Resolver::new().confirm(charge_again);
}

fn main() {}
