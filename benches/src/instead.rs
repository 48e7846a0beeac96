//! One call under each attribute that acts when the service does not answer, or not in time. None of them does anything
//! here, since the service always answers: what is measured is what it costs to be ready.

use resilient_runtime::{
    failover, fallback, hedge, idempotent, non_idempotent, on_unknown, read_only, timeout,
};

use crate::{CallError, Service};

/// `#[on_unknown]` around a write, with its record in the process's journal.
#[non_idempotent]
#[on_unknown(key("order"), confirm(find))]
#[timeout(total = "4s", attempt = "2s")]
pub async fn on_unknown_alone(pending: u32) -> Result<u64, CallError> {
    Service(pending).await
}

#[read_only]
async fn find(_key: &str) -> Result<Option<u64>, CallError> {
    Ok(None)
}

/// `#[failover]` alone.
#[idempotent]
#[failover(elsewhere)]
pub async fn failover_alone(pending: u32) -> Result<u64, CallError> {
    Service(pending).await
}

#[idempotent]
async fn elsewhere(pending: u32) -> Result<u64, CallError> {
    Service(pending).await
}

/// `#[fallback]` alone.
#[idempotent]
#[fallback(stored)]
pub async fn fallback_alone(pending: u32) -> Result<u64, CallError> {
    Service(pending).await
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "a fallback answers as its function does"
)]
fn stored(pending: u32) -> Result<u64, CallError> {
    Ok(u64::from(pending))
}

/// `#[hedge]` alone.
#[idempotent]
#[hedge(after = "80ms")]
pub async fn hedge_alone(pending: u32) -> Result<u64, CallError> {
    Service(pending).await
}
