//! Everything a policy can report, and who listens.
//!
//! In: an [`Event`] that a driver made after its bookkeeping was done. Out: a call of every observer of the current
//! scope, outside of any lock. Refuses to carry arguments, keys or the text of errors, and lets no
//! observer's panic reach a call. With nobody listening in the whole process an event costs one load.

mod about;
mod counters;
mod observers;
mod tell;
mod text;
mod unknown;
mod words;

use std::time::Duration;

use crate::breaker::{Cause, Phase};
use crate::dependency::Dependency;
use crate::effect::Class;
use crate::failure::Failure;
use crate::on_unknown::{self, Question, Reply};
use crate::rejected;
use crate::shared::Shown;
pub use counters::{Counters, Counts, Outcome};
pub use observers::Subscription;
pub(crate) use observers::{Observer, Observers, listening};
pub(crate) use tell::{breaker_transition, emit, heard, observe};
pub use words::{End, Instead, NoHedge, Refusal, Unwritten};

/// Something a policy did or saw.
///
/// `call` is the annotated function as `crate::module::function`. Attempts count from 1.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A logical call was polled for the first time.
    #[non_exhaustive]
    CallStarted {
        /// The annotated function.
        call: &'a str,
        /// The service it calls; see [`Event::dependency`].
        dependency: Option<Dependency>,
        /// What it does to the service.
        effect: Class,
    },
    /// A logical call is over: after the last attempt, or dropped.
    #[non_exhaustive]
    CallFinished {
        /// The annotated function.
        call: &'a str,
        /// The service it calls; see [`Event::dependency`].
        dependency: Option<Dependency>,
        /// What it does to the service.
        effect: Class,
        /// How many attempts polled their body; refusals are none.
        attempts: u32,
        /// What the backoffs between them came to.
        delay: Duration,
        /// From the first poll to here.
        elapsed: Duration,
        /// What the caller got.
        end: End,
    },
    /// Behind all gates: an attempt's body is about to be polled for the first time.
    #[non_exhaustive]
    AttemptStarted {
        /// The annotated function.
        call: &'a str,
        /// The service it calls; see [`Event::dependency`].
        dependency: Option<Dependency>,
        /// Which attempt.
        attempt: u32,
    },
    /// An attempt's body is over.
    #[non_exhaustive]
    AttemptFinished {
        /// The annotated function.
        call: &'a str,
        /// The service it calls, where that has a name.
        dependency: Option<Dependency>,
        /// Which attempt.
        attempt: u32,
        /// How it ended.
        end: End,
    },
    /// Another attempt follows.
    #[non_exhaustive]
    RetryScheduled {
        /// The annotated function.
        call: &'a str,
        /// The service it calls, where that has a name.
        dependency: Option<Dependency>,
        /// The attempt that failed.
        attempt: u32,
        /// Why it failed.
        failure: Failure,
        /// The time until the next attempt.
        delay: Duration,
        /// Whether the next attempt is the last one.
        last: bool,
    },
    /// No other attempt follows although attempts are left.
    #[non_exhaustive]
    RetryRefused {
        /// The annotated function.
        call: &'a str,
        /// The service it calls, where that has a name.
        dependency: Option<Dependency>,
        /// The attempt that failed.
        attempt: u32,
        /// Why it failed.
        failure: Failure,
        /// Why it is the last.
        why: Refusal,
    },
    /// A policy refused the call, or ended it.
    #[non_exhaustive]
    Rejected {
        /// The annotated function.
        call: &'a str,
        /// The service it calls, where that has a name.
        dependency: Option<Dependency>,
        /// The attempt that was refused or ended; 0 when it was the call as a whole.
        attempt: u32,
        /// Which policy, and why.
        kind: rejected::Kind,
    },
    /// A call came out of a policy's queue with a permit.
    #[non_exhaustive]
    PermitWaited {
        /// The annotated function.
        call: &'a str,
        /// The service it calls; see [`Event::dependency`].
        dependency: Option<Dependency>,
        /// The attempt that waited.
        attempt: u32,
        /// The policy: `rate_limit` or `bulkhead`.
        policy: &'static str,
        /// How long.
        waited: Duration,
    },
    /// A breaker changed its phase.
    #[non_exhaustive]
    BreakerTransition {
        /// The breaker.
        state: Shown,
        /// The annotated function whose call brought it about, or found it out; none when an operator did it.
        call: Option<&'a str>,
        /// The service that function calls, where that has a name.
        dependency: Option<Dependency>,
        /// The phase before.
        from: Phase,
        /// The phase now.
        to: Phase,
        /// Why.
        cause: Cause,
        /// How long it stays open unless an operator intervenes, when `to` is open.
        open_for: Option<Duration>,
    },
    /// An adaptive limit followed the service. Told when it has halved or doubled since the last time, and at most once a
    /// second.
    #[non_exhaustive]
    LimitChanged {
        /// The bulkhead.
        state: Shown,
        /// The annotated function whose call brought it about.
        call: &'a str,
        /// The service it calls, where that has a name.
        dependency: Option<Dependency>,
        /// The limit that was last told.
        from: u32,
        /// The limit now.
        to: u32,
    },
    /// Met by a clock that shows an earlier time than it remembers, a state began anew.
    #[non_exhaustive]
    ClockWentBack {
        /// The policy.
        policy: &'static str,
        /// The state.
        state: Shown,
    },
    /// So many keys are active that a new one shares its state with other new ones. Not repeated until a key has found room.
    #[non_exhaustive]
    KeyOverflow {
        /// The policy.
        policy: &'static str,
        /// The state.
        state: Shown,
        /// How many keys it keeps apart.
        bound: usize,
    },
    /// An override met a call that it cannot work with, and was left out there.
    #[non_exhaustive]
    OverrideRefused {
        /// Where the override is written.
        at: &'a str,
        /// Why it cannot work.
        reason: &'a str,
    },
    /// A call that repeats began inside another that repeats: of the two only the inner one repeats what fails inside of it.
    #[non_exhaustive]
    NestedRetry {
        /// The inner annotated function.
        call: &'a str,
        /// The service it calls, where that has a name.
        dependency: Option<Dependency>,
        /// How many calls that repeat enclose it.
        depth: u32,
    },
    /// A call of another service inside of a marked transaction: it holds the connection and its locks for as long as
    /// the service takes, and no rollback undoes it. Once for each function in each [`in_transaction`](crate::in_transaction).
    #[non_exhaustive]
    CallInTransaction {
        /// The annotated function.
        call: &'a str,
        /// The service it calls, where that has a name.
        dependency: Option<Dependency>,
    },
    /// An attempt takes long, and the same call is sent once more beside it: its second lane. Each lane ends with an
    /// [`AttemptFinished`](Self::AttemptFinished) of this attempt, or with a [`LaneCancelled`](Self::LaneCancelled).
    #[non_exhaustive]
    HedgeSent {
        /// The annotated function.
        call: &'a str,
        /// The service it calls; see [`Event::dependency`].
        dependency: Option<Dependency>,
        /// The attempt that takes long.
        attempt: u32,
        /// Which hedge of it, from 1.
        hedge: u32,
    },
    /// A hedge was due and is not sent; the attempt goes on alone.
    #[non_exhaustive]
    HedgeRefused {
        /// The annotated function.
        call: &'a str,
        /// The service it calls; see [`Event::dependency`].
        dependency: Option<Dependency>,
        /// The attempt that takes long.
        attempt: u32,
        /// Why there is no hedge.
        why: NoHedge,
    },
    /// Another lane of the attempt answered first. This one was dropped, and counts as nothing.
    #[non_exhaustive]
    LaneCancelled {
        /// The annotated function.
        call: &'a str,
        /// The service it calls; see [`Event::dependency`].
        dependency: Option<Dependency>,
        /// The attempt.
        attempt: u32,
        /// 0 for the attempt as it was first sent, otherwise the hedge.
        lane: u32,
    },
    /// The caller gets the error of an earlier attempt whose outcome is unknown; the last one's is only here.
    #[non_exhaustive]
    ErrorHidden {
        /// The annotated function.
        call: &'a str,
        /// The service it calls, where that has a name.
        dependency: Option<Dependency>,
        /// The attempt whose error is hidden.
        attempt: u32,
        /// What that error means.
        failure: Failure,
    },
    /// `on_unknown` asked the service about a call whose answer was lost, for its caller or for the reconciler.
    #[non_exhaustive]
    ServiceAsked {
        /// The annotated function.
        call: &'a str,
        /// The service it calls, where that has a name. A reconciler knows it once the function was called in its process.
        dependency: Option<Dependency>,
        /// What was asked.
        question: Question,
        /// What it said.
        reply: Reply,
    },
    /// What became of a call whose answer was lost is certain now, and its record is closed.
    #[non_exhaustive]
    Resolved {
        /// The annotated function.
        call: &'a str,
        /// The service it calls; as in [`ServiceAsked`](Self::ServiceAsked).
        dependency: Option<Dependency>,
        /// What became of it.
        outcome: on_unknown::Outcome,
    },
    /// A journal could not be written or read, and the call went on. A call that is refused because its intent could not be
    /// written is a [`Rejected`](Self::Rejected) instead.
    #[non_exhaustive]
    JournalFailed {
        /// The annotated function; none when the reconciler could not read what is open.
        call: Option<&'a str>,
        /// The service it calls; as in [`ServiceAsked`](Self::ServiceAsked).
        dependency: Option<Dependency>,
        /// What is not in the journal now, and what follows from that.
        what: Unwritten,
    },
    /// The next provider is called.
    #[non_exhaustive]
    FailoverStarted {
        /// The annotated function.
        call: &'a str,
        /// The service it calls, where that has a name.
        dependency: Option<Dependency>,
        /// The next provider, as `failover(..)` names it.
        to: &'a str,
        /// Why the one before it does not answer.
        failure: Failure,
    },
    /// The next provider is not called although the one before it did not answer.
    #[non_exhaustive]
    FailoverRefused {
        /// The annotated function.
        call: &'a str,
        /// The service it calls, where that has a name.
        dependency: Option<Dependency>,
        /// The provider, as `failover(..)` names it.
        to: &'a str,
        /// How the call failed so far.
        failure: Failure,
        /// Why nobody else is called.
        why: Refusal,
    },
    /// The fallback was asked, or was not although there is one.
    #[non_exhaustive]
    Fallback {
        /// The annotated function.
        call: &'a str,
        /// The service it calls, where that has a name.
        dependency: Option<Dependency>,
        /// How the call itself failed.
        failure: Failure,
        /// What came of it.
        outcome: Instead,
    },
}

#[cfg(test)]
mod tests;
