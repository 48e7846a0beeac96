//! What stands between an attempt and its body: breaker looks, rate limit, bulkhead, breaker admits, in this order.
//!
//! A gate knows where its policy's state is; the state itself is looked up when the attempt is first
//! polled, since only then the current scope is the right one. An absent policy is a zero-sized gate.
//!
//! The plain cases (closed, a permit free, a success) are inlined into the functions that drive an attempt;
//! whatever has to be decided is one call away.

mod breaker;
mod bulkhead;
mod rate_limit;
mod whose;

use std::convert::Infallible;
use std::hash::Hash;
use std::task::{Context, Poll};
use std::time::Duration;

use super::answer::Verdict;
use super::holding::Ends;
use super::site::Site;
use crate::clock::Stamp;
use crate::keyed::KeyHash;
use crate::rejected::Kind;

pub(super) use self::breaker::BreakerByHand;
pub use self::breaker::{BreakerFixed, BreakerGate};
pub(super) use self::bulkhead::BulkheadByHand;
pub use self::bulkhead::{BulkheadFixed, BulkheadGate};
pub(super) use self::rate_limit::RateLimitByHand;
pub use self::rate_limit::{RateLimitFixed, RateLimitGate};

/// The gates of one function.
#[derive(Debug, Clone)]
pub struct Gates<B, L, K> {
    /// `#[breaker]`, or [`Absent`].
    pub breaker: B,
    /// `#[rate_limit]`, or [`Absent`].
    pub rate_limit: L,
    /// `#[bulkhead]`, or [`Absent`].
    pub bulkhead: K,
}

/// A policy the function does not have.
#[derive(Debug, Clone, Copy)]
pub struct Absent;

impl Gates<Absent, Absent, Absent> {
    /// Neither breaker nor rate limit nor bulkhead.
    pub const ABSENT: Self = Self {
        breaker: Absent,
        rate_limit: Absent,
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

/// A breaker, or none.
#[doc(hidden)]
pub trait Breaks {
    /// Whether the clock is needed, unless the state says otherwise.
    const PRESENT: bool;
    /// The state while it is being asked.
    type State;
    /// What is known of a call that was admitted where nothing was to be decided; forgetting it changes nothing.
    type Admission;
    /// Proof of admission; dropping it reports a dropped call.
    type Ticket: Send + 'static;
    fn find(&self) -> Self::State;
    /// Whether its time matters should the call be admitted plainly now, and succeed.
    fn is_timed(state: &Self::State) -> bool;
    fn look(state: &Self::State, now: Stamp) -> Result<(), Kind>;
    /// Whether admitting has something to tell, so that a look is not enough.
    fn is_owed(state: &Self::State) -> bool;
    /// Whether it lets every call through.
    fn is_closed(state: &Self::State) -> bool;
    /// Admits where nothing is to be decided.
    fn admit_plainly(state: &Self::State, now: Stamp) -> Option<Self::Admission>;
    fn ticket(state: Self::State, admission: Self::Admission) -> Self::Ticket;
    /// `site` is the annotated function, for events.
    fn admit(&self, state: Self::State, now: Stamp, site: &Site) -> Result<Self::Ticket, Kind>;
    /// Takes a ticket away from its gate; none where there is nothing to report.
    fn carry(&self, ticket: Self::Ticket, site: &'static Site) -> Option<Box<dyn Ends>>;
    /// Once for each ticket, which holds nothing afterwards.
    fn finish(&self, ticket: &mut Self::Ticket, verdict: &Verdict, site: &Site);
}

impl Breaks for Absent {
    const PRESENT: bool = false;
    type State = ();
    type Admission = ();
    type Ticket = ();
    #[inline]
    fn find(&self) {}
    #[inline]
    fn is_timed((): &()) -> bool {
        false
    }
    #[inline]
    fn look((): &(), _now: Stamp) -> Result<(), Kind> {
        Ok(())
    }
    fn is_owed((): &()) -> bool {
        false
    }
    fn is_closed((): &()) -> bool {
        true
    }
    #[inline]
    fn admit_plainly((): &(), _now: Stamp) -> Option<()> {
        Some(())
    }
    #[inline]
    fn ticket((): (), (): ()) {}
    fn admit(&self, (): (), _now: Stamp, _site: &Site) -> Result<(), Kind> {
        Ok(())
    }
    fn carry(&self, (): (), _site: &'static Site) -> Option<Box<dyn Ends>> {
        None
    }
    #[inline]
    fn finish(&self, (): &mut (), _verdict: &Verdict, _site: &Site) {}
}

/// A rate limit, or none.
#[doc(hidden)]
pub trait Paces {
    /// Whether the clock is needed, and a call may have to wait here.
    const PRESENT: bool;
    /// The right to send one call; dropping it gives it back.
    type Token;
    /// A place in the queue; dropping it leaves the queue.
    type Waiting;
    /// Takes a token where nothing is to be decided. Nothing gives it back but [`taken`](Self::taken).
    fn take_plainly(&self, now: Stamp) -> bool;
    /// The token that was taken plainly at this moment.
    fn taken(&self, now: Stamp) -> Self::Token;
    /// `latest` is when the call must have its token to be of use.
    fn enter(&self, now: Stamp, latest: Stamp) -> Paced<Self::Token, Self::Waiting>;
    /// The token, or when to poll again.
    fn poll(
        waiting: &mut Self::Waiting,
        now: Stamp,
        cx: &mut Context<'_>,
    ) -> Result<Self::Token, Stamp>;
    /// The wait is over: a token that came at the last moment, or the time until it would have come.
    fn expire(waiting: Self::Waiting, now: Stamp) -> Result<Self::Token, Duration>;
    /// The call is sent.
    fn spend(token: Self::Token);
}

/// What came of asking for a token.
#[doc(hidden)]
pub enum Paced<T, W> {
    Entered(T),
    /// Wait here, at most this long.
    Queued(W, Duration),
    /// None comes in time; one would come after this.
    Refused(Duration),
}

impl Paces for Absent {
    const PRESENT: bool = false;
    type Token = ();
    type Waiting = Infallible;
    #[inline]
    fn take_plainly(&self, _now: Stamp) -> bool {
        true
    }
    #[inline]
    fn taken(&self, _now: Stamp) {}
    fn enter(&self, _now: Stamp, _latest: Stamp) -> Paced<(), Infallible> {
        Paced::Entered(())
    }
    fn poll(waiting: &mut Infallible, _now: Stamp, _cx: &mut Context<'_>) -> Result<(), Stamp> {
        match *waiting {}
    }
    fn expire(waiting: Infallible, _now: Stamp) -> Result<(), Duration> {
        match waiting {}
    }
    #[inline]
    fn spend((): ()) {}
}

/// A bulkhead, or none.
#[doc(hidden)]
pub trait Limits {
    /// Whether a call may have to wait here.
    const PRESENT: bool;
    /// The right to run; dropping it gives it back.
    type Permit: Send + Sync + 'static;
    /// A place in the queue; dropping it leaves the queue.
    type Waiting;
    /// Enters where nothing is to be decided.
    fn enter_plainly(&self) -> Option<Self::Permit>;
    fn enter(&self) -> Entry<Self::Permit, Self::Waiting>;
    fn poll(waiting: &mut Self::Waiting, cx: &mut Context<'_>) -> Poll<Self::Permit>;
    /// The wait is over; a permit that came at the last moment is taken.
    fn expire(waiting: Self::Waiting) -> Option<Self::Permit>;
    /// Gives the permit back with how its call ended; it holds nothing afterwards.
    fn leave(&self, permit: &mut Self::Permit, verdict: &Verdict, site: &Site);
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
    const PRESENT: bool = false;
    type Permit = ();
    type Waiting = Infallible;
    #[inline]
    fn enter_plainly(&self) -> Option<()> {
        Some(())
    }
    fn enter(&self) -> Entry<(), Infallible> {
        Entry::Entered(())
    }
    fn poll(waiting: &mut Infallible, _cx: &mut Context<'_>) -> Poll<()> {
        match *waiting {}
    }
    fn expire(waiting: Infallible) -> Option<()> {
        match waiting {}
    }
    #[inline]
    fn leave(&self, (): &mut (), _verdict: &Verdict, _site: &Site) {}
}
