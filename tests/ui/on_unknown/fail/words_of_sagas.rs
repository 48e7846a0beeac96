//! Sagas, TCC and payment providers have other words for the same steps.
use std::io;

use resilient_runtime::{idempotent, non_idempotent, on_unknown, read_only, retry, timeout};

#[read_only]
async fn find(_key: &str) -> io::Result<Option<u64>> {
    Ok(None)
}

#[idempotent]
async fn void(_key: &str) -> io::Result<()> {
    Ok(())
}

#[non_idempotent]
#[on_unknown(order_id(order), verify(find), compensate(void), grace_period = "10s", outbox(JOURNAL), background)]
async fn saga(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[non_idempotent]
#[on_unknown(key(order), lookup(find), rollback(void, fences), settled_after = "10s")]
async fn rolled_back(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[non_idempotent]
#[on_unknown(key(order), check(find), undo(void))]
async fn undone(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[non_idempotent]
#[on_unknown(key(order), status(find), reverse(void))]
async fn reversed(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[non_idempotent]
#[retry(not_sent, compensate(void))]
async fn beside_a_retry(order: u64) -> io::Result<u64> {
    Ok(order)
}

#[non_idempotent]
#[timeout("5s", reconcile(find))]
async fn beside_a_timeout(order: u64) -> io::Result<u64> {
    Ok(order)
}

fn main() {}
