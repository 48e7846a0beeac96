//! The policies without macros: values that wrap a future, or a closure that makes one, and nest in any order.
//!
//! Goes in: a future that answers with a `Result`. Comes out: a future with the same answer, which the policy may
//! also have refused, ended or repeated. Refuses nothing at compile time: **the checker of effects and the rules
//! about whole stacks belong to the attributes.** By hand the order of the policies is yours, and so is the
//! promise that repeating is harmless. The state machines, failures, rejections, events and the clock are the same.
//!
//! ```
//! use std::time::Duration;
//! use resilient_runtime::by_hand::{Breaker, Bulkhead, Retry, Timeout};
//! use resilient_runtime::{breaker, bulkhead};
//!
//! async fn fetch(currency: &str) -> std::io::Result<f64> {
//!     # let _ = currency;
//!     Ok(1.08)
//! }
//!
//! struct Rates { total: Timeout, retry: Retry, breaker: Breaker, bulkhead: Bulkhead, attempt: Timeout }
//!
//! impl Rates {
//!     async fn rate(&self, currency: &str) -> std::io::Result<f64> {
//!         let attempt = || {
//!             let call = self.attempt.run(fetch(currency));
//!             self.breaker.run(self.bulkhead.run(call))
//!         };
//!         self.total.run(self.retry.run(attempt)).await
//!     }
//! }
//!
//! let rates = Rates {
//!     total: Timeout::new(Duration::from_secs(2)),
//!     retry: Retry::read_only(),
//!     breaker: Breaker::new(breaker::Settings::new()),
//!     bulkhead: Bulkhead::new(bulkhead::Settings::new(32)),
//!     attempt: Timeout::new(Duration::from_millis(500)),
//! };
//! # #[cfg(feature = "testing")]
//! # resilient_runtime::testing::run(async move { assert_eq!(rates.rate("EUR").await.ok(), Some(1.08)) });
//! ```
//!
//! # What they ask of the error
//!
//! | policy | asks |
//! |---|---|
//! | [`LogicalCall`], [`Retry`], [`Hedge`], [`Failover`], [`Fallback`], an adaptive [`Bulkhead`] | [`Classify`](crate::Classify), or `classify(..)` |
//! | [`Breaker`] | `Classify`, or `classify(..)`; [`FromRejected`](crate::FromRejected), or `rejected(..)` |
//! | [`Timeout`], [`Bulkhead`], [`RateLimit`] | `FromRejected`, or `rejected(..)` |
//!
//! A refusal of an inner policy reaches the outer ones inside the error. Classified by its own
//! [`Classify`](crate::Classify) it is [`Failure::Rejected`](crate::Failure::Rejected): never repeated by a retry
//! around it, counted by no breaker around it. Who wants it otherwise says so with `classify(..)`.
//!
//! # Cancellation
//!
//! Nothing starts before the first poll. Dropping a policy's future drops the inner future first, then gives back
//! what the policy held: permit, place in the queue, probe's slot, the token of a repeat that was not sent. A dropped
//! backoff costs nothing. A breaker counts the call as dropped.
//!
//! # Observers
//!
//! A [`LogicalCall`] around the policies makes them one logical call, with the events, spans and figures of an annotated one. Without
//! it events carry the name that `named(..)` gives, else the policy's word, and only [`Retry`] reports the end of attempts.

mod body;
mod breaker;
mod bulkhead;
mod door;
mod failover;
mod fallback;
mod frame;
mod hedge;
mod judge;
mod lanes;
mod logical;
mod rate_limit;
mod retry;
mod round;
mod timeout;

pub use self::body::Body;
pub use self::breaker::Breaker;
pub use self::bulkhead::Bulkhead;
pub use self::failover::Failover;
pub use self::fallback::Fallback;
pub use self::hedge::Hedge;
pub use self::judge::{
    Absorb, Carried, Classified, Failing, Ignoring, Judge, Made, Narrowed, OfItsType, Unasked,
};
pub use self::logical::LogicalCall;
pub use self::rate_limit::RateLimit;
pub use self::retry::Retry;
pub use self::timeout::Timeout;

use self::frame::About;
use crate::event::{self, Event};
use crate::rejected::{Kind, Rejected};

/// Whose state a policy stands for.
#[derive(Debug)]
pub(in crate::call) enum Handle<P: 'static> {
    /// A `static`, which attributes may name as well: one state per scope.
    Shared(&'static P),
    /// Its own, or that of a client's field: one state, whatever the scope.
    Own(P),
}

impl<P: Clone> Clone for Handle<P> {
    fn clone(&self) -> Self {
        match self {
            Self::Shared(shared) => Self::Shared(shared),
            Self::Own(own) => Self::Own(own.clone()),
        }
    }
}

/// A policy refused before the body was polled; tells observers, unless it was a hedge.
#[cold]
fn refused(kind: Kind, about: About) -> Rejected {
    if !frame::not_sent(kind) {
        tell(kind, about);
    }
    Rejected::unsent(kind, about.call)
}

/// A policy ended the call after its body was polled; tells observers.
#[cold]
fn cut_off(kind: Kind, about: About) -> Rejected {
    frame::Frame::note(|frame| frame.cut_off = true);
    tell(kind, about);
    Rejected::sent(kind, about.call)
}

fn tell(kind: Kind, about: About) {
    event::emit(&Event::Rejected {
        call: about.call,
        dependency: about.dependency,
        attempt: about.attempt,
        kind,
    });
}
