//! `cfg_attr` around a policy, in either order, on and off.
#![deny(warnings)]

use std::io;

use resilient_runtime::{breaker, bulkhead, retry, timeout};

#[timeout(total = "2s", attempt = "500ms")]
#[cfg_attr(all(), retry(read_only), breaker)]
#[bulkhead(10)]
pub async fn on_below() -> io::Result<u64> {
    Ok(1)
}

#[cfg_attr(all(), retry(read_only))]
#[timeout(total = "2s", attempt = "500ms")]
pub async fn on_above() -> io::Result<u64> {
    Ok(1)
}

#[timeout("2s")]
#[cfg_attr(any(), bulkhead(10), retry(read_only))]
pub async fn off() -> io::Result<u64> {
    Ok(1)
}

#[timeout("2s")]
#[cfg_attr(all(), doc = "Another attribute.", allow(clippy::all))]
pub async fn foreign() -> io::Result<u64> {
    Ok(1)
}

fn main() {}
