//! Deadlines that cross calls: the time a call has left, as a value, as a header, and around a handler.
//!
//! Goes in: a duration, an instant, or a header of the caller's. Comes out: the time that is left, the header for the
//! next service, a future that ends in time. Refuses: headers that are no deadline, and to give anybody more time than
//! the call around it has.
//!
//! Inside of the process nobody hands a deadline on: annotated calls inherit it. It becomes a value where it leaves the
//! process, and where it comes in:
//!
//! ```
//! use resilient_runtime::deadline::{Deadline, GRPC_TIMEOUT};
//! use resilient_runtime::{Rejected, read_only, timeout};
//!
//! /// Tells the service how much time is left: no more than two seconds, and no more than our caller has.
//! #[read_only]
//! #[timeout("2s")]
//! async fn balance() -> Result<(String, String), Rejected> {
//!     let left = Deadline::current().expect("the timeout sets one");
//!     Ok((GRPC_TIMEOUT.to_owned(), left.grpc_timeout()))
//! }
//!
//! /// What a server does with that header: whatever its handler calls inherits it.
//! async fn handle(header: &str) -> Result<(String, String), Box<dyn std::error::Error>> {
//!     Ok(Deadline::from_grpc_timeout(header)?.run(balance()).await??)
//! }
//! # #[cfg(feature = "testing")]
//! # resilient_runtime::testing::run(async {
//! # assert_eq!(handle("250m").await.unwrap().1, "250000u");
//! # assert_eq!(handle("1H").await.unwrap().1, "2000000u");
//! # });
//! ```
//!
//! A header carries a duration, not an instant, so clocks need not agree. The time on the wire is not taken off: nobody
//! can measure it. [`Deadline::earlier`] keeps some back for it.

mod limited;
#[cfg(test)]
mod properties;
mod wire;

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;

use crate::clock::Stamp;
use crate::context;

pub use limited::Limited;
pub use wire::BadDeadline;

/// The header of the gRPC protocol: at most 8 digits and a unit, `2500m`. HTTP clients may send it as well.
/// (Source: "gRPC over HTTP2", `Request-Headers`.)
pub const GRPC_TIMEOUT: &str = "grpc-timeout";

/// The instant at which a call has to be over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Deadline(Stamp);

impl Deadline {
    /// This long after now. What the clock cannot express is a deadline that never comes.
    #[must_use]
    pub fn after(time: Duration) -> Self {
        Self(Stamp::now().plus(time))
    }

    /// At this instant.
    #[must_use]
    pub fn at(instant: Instant) -> Self {
        Self(Stamp::of(instant))
    }

    /// The deadline of the call being polled: the earliest of its own limits and those around it. None without a limit,
    /// and outside of a call, a spawned task included; [`in_call`](crate::in_call) takes it there.
    #[must_use]
    pub fn current() -> Option<Self> {
        let deadline = context::deadline();
        (deadline != Stamp::FOREVER).then_some(Self(deadline))
    }

    /// The time until then; zero when it is over.
    #[must_use]
    pub fn remaining(self) -> Duration {
        self.0.since(Stamp::now())
    }

    /// Whether it is over.
    #[must_use]
    pub fn is_over(self) -> bool {
        self.remaining().is_zero()
    }

    /// The same as an instant of tokio's clock.
    #[must_use]
    pub fn instant(self) -> Instant {
        self.0.to_instant()
    }

    /// A deadline this much earlier: what is kept back for the way, or for cleaning up.
    #[must_use]
    pub fn earlier(self, margin: Duration) -> Self {
        if self.0 == Stamp::FOREVER {
            return self;
        }
        let nanos = crate::clock::nanos(margin);
        Self(Stamp::from_nanos(self.0.as_nanos().saturating_sub(nanos)))
    }

    /// The time left as the value of a `grpc-timeout` header: at most 8 digits and a unit, rounded down, so that the
    /// service never believes in more time than there is. `0n` when it is over: don't call.
    #[must_use]
    pub fn grpc_timeout(self) -> String {
        wire::grpc(self.remaining())
    }

    /// The time left in whole milliseconds, rounded down: the value of headers such as Envoy's
    /// `x-envoy-expected-rq-timeout-ms`.
    #[must_use]
    pub fn millis(self) -> String {
        self.remaining().as_millis().to_string()
    }

    /// Reads a `grpc-timeout` header; the time counts from now.
    ///
    /// # Errors
    ///
    /// [`BadDeadline`] when it is malformed, or longer than thirty years. A server answers that with
    /// "invalid argument", or goes on without: never with a time of its own invention.
    pub fn from_grpc_timeout(value: &str) -> Result<Self, BadDeadline> {
        wire::from_grpc(value).map(Self::after)
    }

    /// Reads a header of whole milliseconds; the time counts from now.
    ///
    /// # Errors
    ///
    /// As [`from_grpc_timeout`](Self::from_grpc_timeout).
    pub fn from_millis(value: &str) -> Result<Self, BadDeadline> {
        wire::from_millis(value).map(Self::after)
    }

    /// Runs a future that has to be over by then: everything annotated that it calls inherits the deadline, and at the
    /// deadline it is dropped. A caller with less time is not given more.
    ///
    /// Comes to the future's output, or to a [`Rejected`](crate::Rejected) of kind
    /// [`DeadlineExceeded`](crate::rejected::Kind::DeadlineExceeded): one that proves that nothing was done when the
    /// deadline was over before the future was first polled, one whose outcome is unknown afterwards.
    ///
    /// Dropping it drops the future, as ever. Needs a tokio runtime with its timer enabled.
    pub fn run<F: Future>(self, future: F) -> Limited<F> {
        Limited::new(self.0, future)
    }
}

/// The time that the call being polled has left: the shortest of its own limits and those around it. None without a
/// limit, zero when the time is over.
///
/// It counts inside the body of an annotated function and in whatever that polls; a spawned task starts afresh, unless
/// it is spawned with [`in_call`](crate::in_call).
///
/// ```
/// # #[cfg(feature = "testing")] {
/// use std::time::Duration;
/// use resilient_runtime::{Rejected, read_only, remaining, testing, timeout};
///
/// #[read_only]
/// #[timeout("2s")]
/// async fn search(pages: u32) -> Result<u32, Rejected> {
///     for page in 0..pages {
///         if remaining().is_some_and(|left| left < Duration::from_millis(300)) {
///             return Ok(page); // what there is so far
///         }
///         tokio::time::sleep(Duration::from_millis(500)).await;
///     }
///     Ok(pages)
/// }
///
/// testing::run(async {
///     assert_eq!(search(100).await, Ok(4));
///     assert_eq!(remaining(), None);
/// });
/// # }
/// ```
#[must_use]
pub fn remaining() -> Option<Duration> {
    Deadline::current().map(Deadline::remaining)
}

/// [`Deadline::run`], for handlers that may have been given no deadline at all.
pub fn with_deadline<F: Future>(deadline: Option<Deadline>, future: F) -> Limited<F> {
    Limited::new(
        deadline.map_or(Stamp::FOREVER, |deadline| deadline.0),
        future,
    )
}
