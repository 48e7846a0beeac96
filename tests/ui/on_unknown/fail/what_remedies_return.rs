//! `confirm` finds the answer, `cancel` says whether it was done.
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

#[read_only]
async fn known(_key: &str) -> io::Result<bool> {
    Ok(true)
}

#[idempotent]
async fn fire_and_forget(_key: &str) {}

#[non_idempotent]
#[on_unknown(key(order), confirm(known), settles = "30s")]
async fn charge(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[non_idempotent]
#[on_unknown(key(order), cancel(fire_and_forget, fences))]
async fn cancelled(order: u64) -> io::Result<u64> {
    Ok(order)
}

fn main() {}
