//! `#[tracing::instrument]` above and below: the check stays.
use resilient_runtime::{Classify, Failure, idempotent, non_idempotent, retry};
use tracing::instrument;

#[derive(Debug)]
struct Lost;
impl Classify for Lost {
    fn failure(&self) -> Failure {
        Failure::Unknown
    }
}

#[instrument]
#[non_idempotent]
async fn pay_with_the_span_above(n: u64) -> Result<u64, Lost> {
    Ok(n)
}
#[non_idempotent]
#[instrument]
async fn pay_with_the_span_below(n: u64) -> Result<u64, Lost> {
    Ok(n)
}
#[instrument]
#[idempotent]
async fn above_calls_above() -> Result<u64, Lost> {
    pay_with_the_span_above(1).await
}
#[idempotent]
#[instrument]
async fn below_calls_below() -> Result<u64, Lost> {
    pay_with_the_span_below(1).await
}
#[instrument]
#[retry(idempotent)]
async fn above_the_retry() -> Result<u64, Lost> {
    pay_with_the_span_below(1).await
}
#[retry(idempotent)]
#[instrument(skip_all, fields(n = 1))]
async fn below_the_retry() -> Result<u64, Lost> {
    pay_with_the_span_above(1).await
}

fn main() {}
