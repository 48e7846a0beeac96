//! Every option in its form, and each value once.
use std::io;

use resilient_runtime::{idempotent, non_idempotent, on_unknown, read_only};

#[read_only]
async fn find(_key: &str) -> io::Result<Option<u64>> {
    Ok(None)
}

#[idempotent]
async fn void(_key: &str) -> io::Result<()> {
    Ok(())
}

#[non_idempotent]
#[on_unknown("order", key(order), confirm(find), settles = "30s")]
async fn charge(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[non_idempotent]
#[on_unknown(key(order), cancel(void, fenced), settles = "30s")]
async fn slip(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[non_idempotent]
#[on_unknown(key(order), confirm(find), settles = "30s", journal())]
async fn no_journal(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[non_idempotent]
#[on_unknown(key(order), confirm(find), settles = "30s", journal("payments"))]
async fn by_name(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[non_idempotent]
#[on_unknown(key(order), confirm(find), within = "30s")]
async fn another_word(order: u64) -> io::Result<u64> {
    Ok(order)
}

fn main() {}
