//! One call through timeout, retry, breaker and bulkhead, three ways: bare, written by hand from the
//! crates people use, and annotated. The body is ready at once or pending once.

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

/// The service: pending as often as told, then an answer.
pub struct Service(u32);

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

static PERMITS: Semaphore = Semaphore::const_new(64);
static RECLOSER: OnceLock<AsyncRecloser> = OnceLock::new();

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

/// Runs one named call; what the instruction counter repeats. None when the name is unknown.
#[must_use]
pub fn by_name(name: &str) -> Option<fn(u32) -> u64> {
    Some(match name {
        "bare" => |p| drive(bare(p)),
        "by_hand" => |p| drive(by_hand(p)),
        "annotated" => |p| drive(annotated(p)),
        "timeout" => |p| drive(timeout_alone(p)),
        "tokio_timeout" => |p| drive(tokio_timeout(p)),
        "breaker" => |p| drive(breaker_alone(p)),
        "recloser" => |p| drive(recloser_alone(p)),
        "bulkhead" => |p| drive(bulkhead_alone(p)),
        "semaphore" => |p| drive(semaphore_alone(p)),
        "retry" => |p| drive(retry_alone(p)),
        "backon" => |p| drive(backon_alone(p)),
        "declared" => |p| drive(declared(p)),
        _ => return None,
    })
}

/// Every name [`by_name`] knows.
pub const NAMES: &[&str] = &[
    "bare",
    "declared",
    "by_hand",
    "annotated",
    "timeout",
    "tokio_timeout",
    "breaker",
    "recloser",
    "bulkhead",
    "semaphore",
    "retry",
    "backon",
];
