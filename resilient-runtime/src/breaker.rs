//! The circuit breaker: stops calling a service that fails, and finds out quickly when it is back.
//!
//! Closed, it lets every call through and counts how they end. When too many fail it opens: calls are
//! refused at once, so that neither the caller waits nor the service is pressed further. After the open
//! time it is half-open and lets a few probes through; they decide whether it closes or opens again, for
//! twice as long if nobody answered; counted from when the probe was sent.
//!
//! What counts as a failure is decided by the failure's class, see [`Failure`](crate::Failure): `NotSent`,
//! `Unknown`, `Transient` and `Overloaded` (except a 429) are failures, `Permanent` is an answer and counts
//! as a success, `Rejected` counts as nothing. Slow answers are counted beside that, by `slow_rate`.
//!
//! * Outcomes belong to the cycle their call was admitted in; every change of phase starts a new one and
//!   ignores what is left of the old.
//! * A dropped call gives back what it held. Dropped calls are held against the service only while the
//!   window holds at least `min_calls` of them and no finished one: a service that hangs until an outer
//!   timeout drops the call is a service that is down.
//! * The clock is tokio's. Met by a clock that lies behind its own stamps, as between two tests with
//!   paused clocks, a breaker starts over and says so.

mod change;
mod event;
mod kept;
mod probing;
mod ratio;
mod ring;
mod session;
mod settings;
mod shell;
mod snapshot;
mod state;
#[cfg(test)]
mod tests;
mod ticket;
mod window;
mod word;

use std::fmt;

pub(crate) use self::event::{Admission, Forced, Outcome, Transition};
pub use ratio::Ratio;
pub use settings::{Settings, Window};
pub(crate) use shell::Core;
pub use snapshot::Snapshot;
pub(crate) use ticket::Ticket;

use crate::clock::Stamp;

crate::shared::handle! {
    /// A breaker in a `static` or a field: `#[breaker(PAYMENTS)]`, `#[breaker(self.breaker)]`.
    ///
    /// ```
    /// use resilient_runtime::breaker::{Breaker, Ratio, Settings};
    ///
    /// pub static PAYMENTS: Breaker =
    ///     Breaker::new(Settings::new().failure_rate(Ratio::percent(30))).shown_as("payments");
    ///
    /// struct Client {
    ///     breaker: Breaker, // every client its own
    /// }
    /// # let _client = Client { breaker: Breaker::new(Settings::new()) };
    /// ```
    Breaker, Core, Settings
}

impl Breaker {
    /// What this `static` shows in the current scope. (Of a field: [`own_snapshot`](Self::own_snapshot).)
    #[must_use]
    pub fn snapshot(&'static self) -> Snapshot {
        self.0.get().snapshot(Stamp::now())
    }

    /// What this field of a client shows; its state is the same in every scope.
    #[must_use]
    pub fn own_snapshot(&self) -> Snapshot {
        self.0.own().get().snapshot(Stamp::now())
    }
}

/// What a breaker does with the next call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Lets all through and counts; opens when too many fail.
    Closed,
    /// Refuses all until the open time is over.
    Open,
    /// Lets a few probes through, which decide.
    HalfOpen,
    /// Refuses all until an operator says otherwise.
    ForcedOpen,
    /// Lets all through and counts, never opens, until an operator says otherwise.
    ForcedClosed,
    /// Lets all through and counts nothing.
    Disabled,
    /// Lets all through and counts: what a breaker does on trial.
    MetricsOnly,
}

impl Phase {
    /// Whether the breaker itself decides what comes next.
    pub(crate) const fn is_automatic(self) -> bool {
        matches!(self, Self::Closed | Self::Open | Self::HalfOpen)
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half-open",
            Self::ForcedOpen => "forced open",
            Self::ForcedClosed => "forced closed",
            Self::Disabled => "disabled",
            Self::MetricsOnly => "metrics only",
        })
    }
}

/// Why a breaker changed its phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// The share of failures in the window reached `failure_rate`.
    FailureRate,
    /// The share of slow calls in the window reached `slow_rate`.
    SlowRate,
    /// So many unknown outcomes in a row as `consecutive` says.
    Consecutive,
    /// The window held nothing but calls dropped before they finished.
    Abandoned,
    /// The open time was over when a call came.
    OpenTimeOver,
    /// All probes succeeded.
    ProbesSucceeded,
    /// A probe failed.
    ProbeFailed,
    /// A probe succeeded, but slowly.
    ProbeSlow,
    /// An operator decided so.
    Forced,
    /// An operator handed the decision back to the breaker.
    Released,
    /// An operator emptied it.
    Reset,
    /// The clock lay behind the breaker's stamps, so these meant nothing any more.
    ClockBehind,
}

#[doc(hidden)]
pub const ATTRIBUTE_OF_RESILIENT_RUNTIME: crate::__private::Receipt = ();
