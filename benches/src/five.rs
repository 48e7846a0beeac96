//! The same call with a rate limit as the fifth policy. The rate is never reached: what is measured is asking.

use std::sync::OnceLock;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use recloser::Recloser;
use resilient_runtime::{breaker, bulkhead, rate_limit, retry, timeout};

use crate::{CallError, PERMITS, RECLOSER, Service};

static LIMITER: OnceLock<DefaultDirectRateLimiter> = OnceLock::new();

fn limiter() -> &'static DefaultDirectRateLimiter {
    LIMITER.get_or_init(|| {
        let rate = 1_000_000_000.try_into().expect("it is not zero");
        RateLimiter::direct(Quota::per_second(rate))
    })
}

/// Five policies from tokio, backon, recloser, a semaphore and governor.
pub async fn by_hand(pending: u32) -> Result<u64, CallError> {
    let attempt = || async {
        limiter().check().map_err(|_| CallError::Refused)?;
        let permit = PERMITS.try_acquire().map_err(|_| CallError::Refused)?;
        let breaker = RECLOSER.get_or_init(|| {
            Recloser::custom()
                .error_rate(0.5)
                .closed_len(100)
                .build()
                .into()
        });
        let call = tokio::time::timeout(Duration::from_millis(500), Service(pending));
        let answer = breaker
            .call(async { call.await.map_err(|_| CallError::Failed)? })
            .await;
        drop(permit);
        answer.map_err(|error| match error {
            recloser::Error::Inner(error) => error,
            recloser::Error::Rejected => CallError::Refused,
        })
    };
    attempt
        .retry(
            ExponentialBuilder::default()
                .with_max_times(2)
                .with_jitter(),
        )
        .when(|error| matches!(error, CallError::Failed))
        .await
}

/// Five policies as annotations.
#[retry(read_only)]
#[timeout(total = "2s", attempt = "500ms")]
#[breaker]
#[rate_limit("1000000000/s")]
#[bulkhead(64)]
pub async fn annotated(pending: u32) -> Result<u64, CallError> {
    Service(pending).await
}

/// What `by_hand` does and nothing more: no time limit of the whole, no retry budget.
#[retry(read_only, budget(none))]
#[timeout(attempt = "500ms")]
#[breaker]
#[rate_limit("1000000000/s")]
#[bulkhead(64)]
pub async fn annotated_alike(pending: u32) -> Result<u64, CallError> {
    Service(pending).await
}

/// `#[rate_limit]` alone.
#[rate_limit("1000000000/s")]
pub async fn rate_limit_alone(pending: u32) -> Result<u64, CallError> {
    Service(pending).await
}

/// governor alone, with its own clock.
pub async fn governor_alone(pending: u32) -> Result<u64, CallError> {
    limiter().check().map_err(|_| CallError::Refused)?;
    Service(pending).await
}
