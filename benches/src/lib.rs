//! One call through the same policies, three ways: bare, written by hand from the crates people use, and annotated; and
//! through other crates. The body is ready at once, pending once, or says no.
#![allow(
    clippy::missing_errors_doc,
    reason = "these calls are compared, and how they fail is said once"
)]

pub mod hand;
pub mod open;
pub mod ours;
pub mod peers;

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use resilient_runtime::{Classify, FromRejected, Rejected};

/// How a call fails.
#[derive(Debug, Clone, Classify, FromRejected)]
#[failure(default = unknown)]
pub enum CallError {
    /// The answer was lost.
    Failed,
    /// The service said no, for good: an answer like any other, neither repeated nor a sign of trouble.
    #[failure(permanent)]
    Denied,
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

/// What every call comes to.
pub type Answer = Result<u64, CallError>;

/// Instead of how often a call is pending: it says no at once.
pub const NO: u32 = u32::MAX;
/// Its answer is lost at once.
pub const LOST: u32 = u32::MAX - 1;

/// The service: pending as often as told, then an answer.
pub struct Service(pub(crate) u32);

impl Future for Service {
    type Output = Answer;
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.0 {
            0 => return Poll::Ready(Ok(7)),
            NO => return Poll::Ready(Err(CallError::Denied)),
            LOST => return Poll::Ready(Err(CallError::Failed)),
            _ => {}
        }
        self.0 -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// No policy at all.
pub async fn bare(pending: u32) -> Answer {
    Service(pending).await
}

/// Polls a call to its end with a waker that does nothing; a tokio runtime must be entered.
#[expect(clippy::inline_always, reason = "what is measured is the call")]
#[inline(always)]
pub fn poll_on(call: impl Future<Output = Answer>) -> Answer {
    let mut call = pin!(call);
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(answer) = call.as_mut().poll(&mut cx) {
            return answer;
        }
    }
}

/// The same for a call that is told to be pending so often.
///
/// # Panics
///
/// When it fails and was not told to, or the other way round: then something else was measured.
#[expect(clippy::inline_always, reason = "what is measured is the call")]
#[inline(always)]
pub fn drive(pending: u32, call: impl Future<Output = Answer>) -> u64 {
    let answer = poll_on(call);
    assert_eq!(answer.is_ok(), pending < LOST, "it does as it is told");
    answer.unwrap_or_default()
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
            call: |pending| drive(pending, $call(pending)),
            size: || size_of_val(&$call(0)),
        }),*]
    };
}

/// Every call, the bare one first.
static CALLS: &[Named] = named! {
    "bare" bare
    "declared" ours::declared
    "by_hand" hand::four
    "annotated" ours::four
    "annotated_alike" ours::four_alike
    "by_hand_total" hand::four_in_time
    "timeout" ours::timeout_alone
    "tokio_timeout" hand::timeout
    "breaker" ours::breaker_alone
    "breaker_count" ours::breaker_count_alone
    "recloser" hand::breaker
    "bulkhead" ours::bulkhead_alone
    "semaphore" hand::semaphore
    "retry" ours::retry_alone
    "backon" hand::backon
    "rate_limit" ours::rate_limit_alone
    "governor" hand::governor
    "by_hand_three" hand::three
    "annotated_three" ours::three
    "by_hand_five" hand::five
    "annotated_five" ours::five
    "annotated_five_alike" ours::five_alike
};

/// A call that is driven in its own way, by name.
pub type Other = (&'static str, fn(u32) -> u64);

/// The other calls: through other crates, and refused by an open breaker.
fn others() -> impl Iterator<Item = &'static Other> {
    peers::PEERS.iter().chain(open::OPEN)
}

/// The names of all calls.
pub fn names() -> impl Iterator<Item = &'static str> {
    let others = others().map(|(name, _)| *name);
    CALLS.iter().map(|call| call.name).chain(others)
}

/// Whether this call, told to say no, does what it does for an answer: not the stacks of one crate, which would repeat it.
#[must_use]
pub fn can_say_no(name: &str) -> bool {
    let repeats = name.ends_with("/tower-resilience") && name.starts_with(['3', '4', '5']);
    !(repeats || name.starts_with("open/"))
}

/// Runs one named call, pending as often as told. None when the name is unknown.
#[must_use]
pub fn by_name(name: &str) -> Option<fn(u32) -> u64> {
    let named = CALLS.iter().find(|call| call.name == name);
    let other = || others().find(|(other, _)| *other == name);
    named
        .map(|call| call.call)
        .or_else(|| other().map(|(_, call)| *call))
}

/// The bytes of every call's future.
#[must_use]
pub fn sizes() -> Vec<(&'static str, usize)> {
    let sized = |call: &Named| (call.name, (call.size)());
    CALLS.iter().map(sized).collect()
}
