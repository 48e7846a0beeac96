//! The same policies written by hand, from the crates people use: tokio, backon, recloser, a semaphore and governor.

use std::sync::OnceLock;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use recloser::{AsyncRecloser, Recloser};
use tokio::sync::Semaphore;

use crate::{Answer, CallError, Service, bare};

const ATTEMPT: Duration = Duration::from_millis(500);

static PERMITS: Semaphore = Semaphore::const_new(64);

fn recloser() -> &'static AsyncRecloser {
    static RECLOSER: OnceLock<AsyncRecloser> = OnceLock::new();
    RECLOSER.get_or_init(|| {
        let breaker = Recloser::custom().error_rate(0.5).closed_len(100);
        breaker.build().into()
    })
}

/// A rate that is never reached: what is measured is asking.
fn limiter() -> &'static DefaultDirectRateLimiter {
    static LIMITER: OnceLock<DefaultDirectRateLimiter> = OnceLock::new();
    LIMITER.get_or_init(|| {
        let rate = 1_000_000_000.try_into().expect("it is not zero");
        RateLimiter::direct(Quota::per_second(rate))
    })
}

fn twice_more() -> ExponentialBuilder {
    ExponentialBuilder::default()
        .with_max_times(2)
        .with_jitter()
}

/// A "no" is an answer: neither repeated nor counted as a failure.
fn has_failed(error: &CallError) -> bool {
    matches!(error, CallError::Failed)
}

fn plainly(error: recloser::Error<CallError>) -> CallError {
    match error {
        recloser::Error::Inner(error) => error,
        recloser::Error::Rejected => CallError::Refused,
    }
}

/// Breaker around timeout.
macro_rules! guarded {
    ($pending:ident) => {{
        let call = tokio::time::timeout(ATTEMPT, Service($pending));
        recloser()
            .call_with(has_failed, async {
                call.await.map_err(|_| CallError::Failed)?
            })
            .await
            .map_err(plainly)
    }};
}

/// Retry, breaker and timeout.
pub async fn three(pending: u32) -> Answer {
    let attempt = || async { guarded!(pending) };
    attempt.retry(twice_more()).when(has_failed).await
}

/// Retry, bulkhead, breaker and timeout.
pub async fn four(pending: u32) -> Answer {
    let attempt = || async {
        let permit = PERMITS.try_acquire().map_err(|_| CallError::Refused)?;
        let answer = guarded!(pending);
        drop(permit);
        answer
    };
    attempt.retry(twice_more()).when(has_failed).await
}

/// Retry, rate limit, bulkhead, breaker and timeout.
pub async fn five(pending: u32) -> Answer {
    let attempt = || async {
        limiter().check().map_err(|_| CallError::Refused)?;
        let permit = PERMITS.try_acquire().map_err(|_| CallError::Refused)?;
        let answer = guarded!(pending);
        drop(permit);
        answer
    };
    attempt.retry(twice_more()).when(has_failed).await
}

/// What the annotated four do, but for their budget: a second timeout around the attempts.
pub async fn four_in_time(pending: u32) -> Answer {
    tokio::time::timeout(Duration::from_secs(2), four(pending))
        .await
        .map_err(|_| CallError::Failed)?
}

/// tokio's timeout alone.
pub async fn timeout(pending: u32) -> Answer {
    tokio::time::timeout(ATTEMPT, Service(pending))
        .await
        .map_err(|_| CallError::Failed)?
}

/// recloser alone.
pub async fn breaker(pending: u32) -> Answer {
    recloser()
        .call_with(has_failed, Service(pending))
        .await
        .map_err(plainly)
}

/// tokio's semaphore alone.
pub async fn semaphore(pending: u32) -> Answer {
    let _permit = PERMITS.try_acquire().map_err(|_| CallError::Refused)?;
    Service(pending).await
}

/// backon alone.
pub async fn backon(pending: u32) -> Answer {
    (|| bare(pending))
        .retry(twice_more())
        .when(has_failed)
        .await
}

/// governor alone, with its own clock.
pub async fn governor(pending: u32) -> Answer {
    limiter().check().map_err(|_| CallError::Refused)?;
    Service(pending).await
}
