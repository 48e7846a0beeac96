//! One call through timeout, retry, breaker and bulkhead, three ways: bare, written by hand from the
//! crates people use, and annotated. The body is ready at once or pending once.
#![allow(
    clippy::missing_errors_doc,
    reason = "these calls are compared, and none of them fails"
)]

pub mod five;
pub mod instead;
pub mod peers;

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::OnceLock;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use recloser::{AsyncRecloser, Recloser};
use resilient_runtime::{
    Classify, FromRejected, Rejected, breaker, bulkhead, read_only, retry, timeout,
};
use tokio::sync::Semaphore;

/// How a call fails.
#[derive(Debug, Classify, FromRejected)]
#[failure(default = unknown)]
pub enum CallError {
    /// The service said no.
    Failed,
    /// A hand-written policy said no.
    Refused,
    /// An annotated policy said no.
    #[failure(from)]
    #[rejected]
    Policy(Rejected),
}

impl std::fmt::Display for CallError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for CallError {}

/// The service: pending as often as told, then an answer.
pub struct Service(pub(crate) u32);

impl Future for Service {
    type Output = Result<u64, CallError>;
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.0 == 0 {
            return Poll::Ready(Ok(7));
        }
        self.0 -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// No policy at all.
pub async fn bare(pending: u32) -> Result<u64, CallError> {
    Service(pending).await
}

pub(crate) static PERMITS: Semaphore = Semaphore::const_new(64);
pub(crate) static RECLOSER: OnceLock<AsyncRecloser> = OnceLock::new();

/// The same four policies from tokio, backon, recloser and a semaphore.
pub async fn by_hand(pending: u32) -> Result<u64, CallError> {
    let attempt = || async {
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

/// The four policies as annotations.
#[retry(read_only)]
#[timeout(total = "2s", attempt = "500ms")]
#[breaker]
#[bulkhead(64)]
pub async fn annotated(pending: u32) -> Result<u64, CallError> {
    Service(pending).await
}

/// What `by_hand` does and nothing more: no time limit of the whole, no retry budget.
#[retry(read_only, budget(none))]
#[timeout(attempt = "500ms")]
#[breaker]
#[bulkhead(64)]
pub async fn annotated_alike(pending: u32) -> Result<u64, CallError> {
    Service(pending).await
}

/// What `annotated` does, but for its budget: a second timeout around the attempts.
pub async fn by_hand_total(pending: u32) -> Result<u64, CallError> {
    tokio::time::timeout(Duration::from_secs(2), by_hand(pending))
        .await
        .map_err(|_| CallError::Failed)?
}

/// `#[timeout]` alone.
#[timeout("500ms")]
pub async fn timeout_alone(pending: u32) -> Result<u64, CallError> {
    Service(pending).await
}

/// tokio's timeout alone.
pub async fn tokio_timeout(pending: u32) -> Result<u64, CallError> {
    tokio::time::timeout(Duration::from_millis(500), Service(pending))
        .await
        .map_err(|_| CallError::Failed)?
}

/// `#[breaker]` alone.
#[breaker]
pub async fn breaker_alone(pending: u32) -> Result<u64, CallError> {
    Service(pending).await
}

/// `#[breaker]` that judges by the last hundred calls, as recloser does.
#[breaker(window = 100)]
pub async fn breaker_count_alone(pending: u32) -> Result<u64, CallError> {
    Service(pending).await
}

/// recloser alone.
pub async fn recloser_alone(pending: u32) -> Result<u64, CallError> {
    let breaker = RECLOSER.get_or_init(|| {
        Recloser::custom()
            .error_rate(0.5)
            .closed_len(100)
            .build()
            .into()
    });
    breaker
        .call(Service(pending))
        .await
        .map_err(|_| CallError::Failed)
}

/// `#[bulkhead]` alone.
#[bulkhead(64)]
pub async fn bulkhead_alone(pending: u32) -> Result<u64, CallError> {
    Service(pending).await
}

/// tokio's semaphore alone.
pub async fn semaphore_alone(pending: u32) -> Result<u64, CallError> {
    let _permit = PERMITS.try_acquire().map_err(|_| CallError::Refused)?;
    Service(pending).await
}

/// `#[retry]` alone.
#[retry(read_only)]
pub async fn retry_alone(pending: u32) -> Result<u64, CallError> {
    Service(pending).await
}

/// backon alone.
pub async fn backon_alone(pending: u32) -> Result<u64, CallError> {
    (|| bare(pending))
        .retry(
            ExponentialBuilder::default()
                .with_max_times(2)
                .with_jitter(),
        )
        .when(|error| matches!(error, CallError::Failed))
        .await
}

/// A declared effect and nothing else.
#[read_only]
pub async fn declared(pending: u32) -> Result<u64, CallError> {
    Service(pending).await
}

/// Polls a call to its end with a waker that does nothing; a tokio runtime must be entered.
///
/// # Panics
///
/// When the call fails: a benchmark of failures would be another one.
pub fn drive(call: impl Future<Output = Result<u64, CallError>>) -> u64 {
    let mut call = pin!(call);
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(answer) = call.as_mut().poll(&mut cx) {
            return answer.expect("the service of a benchmark always answers");
        }
    }
}

/// A runtime with a timer and nothing else.
///
/// # Panics
///
/// When the machine has no memory for it.
#[must_use]
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a timer needs no resource that may be missing")
}

/// How a call is driven, and how large its future is.
struct Named {
    name: &'static str,
    call: fn(u32) -> u64,
    size: fn() -> usize,
}

macro_rules! named {
    ($($name:literal $call:path)*) => {
        &[$(Named {
            name: $name,
            call: |pending| drive($call(pending)),
            size: || size_of_val(&$call(0)),
        }),*]
    };
}

/// Every call, the bare one first.
static CALLS: &[Named] = named! {
    "bare" bare
    "declared" declared
    "by_hand" by_hand
    "annotated" annotated
    "annotated_alike" annotated_alike
    "by_hand_total" by_hand_total
    "timeout" timeout_alone
    "tokio_timeout" tokio_timeout
    "breaker" breaker_alone
    "breaker_count" breaker_count_alone
    "recloser" recloser_alone
    "bulkhead" bulkhead_alone
    "semaphore" semaphore_alone
    "retry" retry_alone
    "backon" backon_alone
    "rate_limit" five::rate_limit_alone
    "governor" five::governor_alone
    "by_hand_five" five::by_hand
    "annotated_five" five::annotated
    "annotated_five_alike" five::annotated_alike
    "on_unknown" instead::on_unknown_alone
    "failover" instead::failover_alone
    "fallback" instead::fallback_alone
    "hedge" instead::hedge_alone
};

/// The names of all calls.
pub fn names() -> impl Iterator<Item = &'static str> {
    let peers = peers::PEERS.iter().map(|(name, _)| *name);
    CALLS.iter().map(|call| call.name).chain(peers)
}

/// Runs one named call, pending as often as told. None when the name is unknown.
#[must_use]
pub fn by_name(name: &str) -> Option<fn(u32) -> u64> {
    let named = CALLS.iter().find(|call| call.name == name);
    let peer = || peers::PEERS.iter().find(|(peer, _)| *peer == name);
    named
        .map(|call| call.call)
        .or_else(|| peer().map(|(_, call)| *call))
}

/// The bytes of every call's future.
#[must_use]
pub fn sizes() -> Vec<(&'static str, usize)> {
    let sized = |call: &Named| (call.name, (call.size)());
    CALLS.iter().map(sized).collect()
}
