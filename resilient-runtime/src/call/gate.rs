//! What stands between an attempt and its body: breaker looks, bulkhead, breaker admits, in this order.
//!
//! A gate knows where its policy's state is; the state itself is looked up when the attempt is first
//! polled, since only then the current scope is the right one. An absent policy is a zero-sized gate.

use std::hash::Hash;
use std::task::{Context, Poll};
use std::time::Duration;

use super::answer::Verdict;
use crate::breaker::{self, Breaker};
use crate::bulkhead::{self, Bulkhead};
use crate::clock::Stamp;
use crate::event;
use crate::failure::Failure;
use crate::keyed::KeyHash;
use crate::rejected::Kind;
use crate::shared::{Own, Ref, Shared, Shown, State};

/// The gates of one function.
#[derive(Debug, Clone)]
pub struct Gates<B, K> {
    /// `#[breaker]`, or [`Absent`].
    pub breaker: B,
    /// `#[bulkhead]`, or [`Absent`].
    pub bulkhead: K,
}

/// A policy the function does not have.
#[derive(Debug, Clone, Copy)]
pub struct Absent;

impl Gates<Absent, Absent> {
    /// Neither breaker nor bulkhead.
    pub const ABSENT: Self = Self {
        breaker: Absent,
        bulkhead: Absent,
    };
}

/// Hashes the value of a `key(..)` expression.
#[must_use]
pub fn key_hash<K: Hash + ?Sized>(key: &K) -> Key {
    Key(KeyHash::of(key))
}

/// A hashed key.
#[derive(Debug, Clone, Copy)]
pub struct Key(KeyHash);

/// Where a policy's state is.
struct Handle<S: State> {
    at: Whose<S>,
    key: Option<KeyHash>,
}

enum Whose<S: State> {
    Shared(&'static Shared<S>),
    Owned(Own<S>),
}

impl<S: State> Handle<S> {
    /// The name people see.
    fn shown(&self) -> Shown {
        match &self.at {
            Whose::Shared(shared) => shared.shown(),
            Whose::Owned(own) => own.shown(),
        }
    }

    #[inline]
    fn find(&self) -> Ref<S> {
        match (&self.at, self.key) {
            (Whose::Shared(shared), None) => shared.get(),
            (Whose::Shared(shared), Some(key)) => shared.keyed(key),
            (Whose::Owned(own), None) => own.get(),
            (Whose::Owned(own), Some(key)) => own.keyed(key),
        }
    }
}

macro_rules! gate {
    ($(#[$doc:meta])* $gate:ident for $policy:ty, $core:ty) => {
        $(#[$doc])*
        pub struct $gate(Handle<$core>);

        impl $gate {
            /// A state in a `static`.
            #[must_use]
            pub const fn shared(policy: &'static $policy) -> Self {
                Self(Handle { at: Whose::Shared(&policy.0), key: None })
            }

            /// A state in a field of the client: lives and dies with it.
            #[must_use]
            pub fn owned(policy: &$policy) -> Self {
                Self(Handle { at: Whose::Owned(policy.0.own()), key: None })
            }

            /// One state for each key.
            #[must_use]
            pub fn keyed(mut self, key: Key) -> Self {
                self.0.key = Some(key.0);
                self
            }
        }

        impl std::fmt::Debug for $gate {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($gate))
            }
        }
    };
}

gate! {
    /// Where a function's breaker is.
    BreakerGate for Breaker, breaker::Core
}
gate! {
    /// Where a function's bulkhead is.
    BulkheadGate for Bulkhead, bulkhead::Core
}

/// A breaker, or none.
#[doc(hidden)]
pub trait Breaks {
    /// Whether the clock is needed at all.
    const PRESENT: bool;
    /// The state while it is being asked.
    type State;
    /// Proof of admission; dropping it reports a dropped call.
    type Ticket;
    fn find(&self) -> Self::State;
    fn look(state: &Self::State, now: Stamp) -> Result<(), Kind>;
    /// `call` is the annotated function, for events.
    fn admit(&self, state: Self::State, now: Stamp, call: &str) -> Result<Self::Ticket, Kind>;
    fn finish(&self, ticket: Self::Ticket, verdict: Verdict, call: &str);
}

impl Breaks for Absent {
    const PRESENT: bool = false;
    type State = ();
    type Ticket = ();
    #[inline]
    fn find(&self) {}
    #[inline]
    fn look((): &(), _now: Stamp) -> Result<(), Kind> {
        Ok(())
    }
    #[inline]
    fn admit(&self, (): (), _now: Stamp, _call: &str) -> Result<(), Kind> {
        Ok(())
    }
    #[inline]
    fn finish(&self, (): (), _verdict: Verdict, _call: &str) {}
}

/// A breaker's state, opaque to generated code.
#[doc(hidden)]
pub struct BreakerState(Ref<breaker::Core>);

/// A breaker's ticket, opaque to generated code.
#[doc(hidden)]
pub struct BreakerTicket(breaker::Ticket);

impl Breaks for BreakerGate {
    const PRESENT: bool = true;
    type State = BreakerState;
    type Ticket = BreakerTicket;

    #[inline]
    fn find(&self) -> BreakerState {
        BreakerState(self.0.find())
    }

    #[inline]
    fn look(state: &BreakerState, now: Stamp) -> Result<(), Kind> {
        state.0.look(now).map_err(|refused| Kind::BreakerOpen {
            retry_after: refused.retry_after,
        })
    }

    #[inline]
    fn admit(&self, state: BreakerState, now: Stamp, call: &str) -> Result<BreakerTicket, Kind> {
        let (admitted, transition) = state.0.admit(now);
        if let Some(transition) = transition {
            event::breaker_transition(Some(call), || self.0.shown(), &transition);
        }
        match admitted {
            Ok(admission) => Ok(BreakerTicket(breaker::Ticket::new(state.0, admission))),
            Err(refused) => Err(Kind::BreakerOpen {
                retry_after: refused.retry_after,
            }),
        }
    }

    #[inline]
    fn finish(&self, ticket: BreakerTicket, verdict: Verdict, call: &str) {
        if let Some(transition) = ticket.0.finish(outcome(verdict), Stamp::now) {
            event::breaker_transition(Some(call), || self.0.shown(), &transition);
        }
    }
}

/// What a breaker counts: design section 6, "breaker counting".
#[inline]
fn outcome(verdict: Verdict) -> breaker::Outcome {
    let Some(failure) = verdict.failure else {
        return breaker::Outcome::Success;
    };
    if verdict.ignored {
        return breaker::Outcome::Ignored;
    }
    match failure {
        Failure::Rejected { .. } => breaker::Outcome::Ignored,
        // An answer all the same: the service is there, and does its work.
        Failure::Permanent
        | Failure::Overloaded {
            throttled: true, ..
        } => breaker::Outcome::Success,
        Failure::Unknown => breaker::Outcome::Failure {
            unknown: true,
            retry_after: None,
        },
        Failure::NotSent => breaker::Outcome::NotSent,
        Failure::Transient { retry_after } | Failure::Overloaded { retry_after, .. } => {
            breaker::Outcome::Failure {
                unknown: false,
                retry_after,
            }
        }
    }
}

/// A bulkhead, or none.
#[doc(hidden)]
pub trait Limits {
    /// The right to run; dropping it gives it back.
    type Permit;
    /// A place in the queue; dropping it leaves the queue.
    type Waiting;
    fn enter(&self) -> Entry<Self::Permit, Self::Waiting>;
    fn poll(waiting: &mut Self::Waiting, cx: &mut Context<'_>) -> Poll<Self::Permit>;
    /// The wait is over; a permit that came at the last moment is taken.
    fn expire(waiting: Self::Waiting) -> Option<Self::Permit>;
}

/// What came of trying to enter.
#[doc(hidden)]
pub enum Entry<P, W> {
    Entered(P),
    /// Wait here, at most this long.
    Queued(W, Duration),
    Full,
}

impl Limits for Absent {
    type Permit = ();
    type Waiting = std::convert::Infallible;
    #[inline]
    fn enter(&self) -> Entry<(), std::convert::Infallible> {
        Entry::Entered(())
    }
    fn poll(waiting: &mut std::convert::Infallible, _cx: &mut Context<'_>) -> Poll<()> {
        match *waiting {}
    }
    fn expire(waiting: std::convert::Infallible) -> Option<()> {
        match waiting {}
    }
}

/// A bulkhead's permit, opaque to generated code.
#[doc(hidden)]
pub struct BulkheadPermit {
    _permit: bulkhead::Permit,
}

/// A place in a bulkhead's queue, opaque to generated code.
#[doc(hidden)]
pub struct BulkheadWaiting(bulkhead::Waiting);

impl Limits for BulkheadGate {
    type Permit = BulkheadPermit;
    type Waiting = BulkheadWaiting;

    #[inline]
    fn enter(&self) -> Entry<BulkheadPermit, BulkheadWaiting> {
        let core = self.0.find();
        match bulkhead::Core::try_enter(&core) {
            bulkhead::Entry::Entered(permit) => Entry::Entered(BulkheadPermit { _permit: permit }),
            bulkhead::Entry::Queued(waiting) => Entry::Queued(
                BulkheadWaiting(waiting),
                core.wait().unwrap_or(Duration::ZERO),
            ),
            bulkhead::Entry::Full => Entry::Full,
        }
    }

    fn poll(waiting: &mut BulkheadWaiting, cx: &mut Context<'_>) -> Poll<BulkheadPermit> {
        waiting
            .0
            .poll(cx)
            .map(|permit| BulkheadPermit { _permit: permit })
    }

    fn expire(waiting: BulkheadWaiting) -> Option<BulkheadPermit> {
        waiting
            .0
            .expire()
            .map(|permit| BulkheadPermit { _permit: permit })
    }
}
