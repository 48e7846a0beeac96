//! Everything a policy can report, and who listens.
//!
//! In: an [`Event`] that a driver made after its bookkeeping was done. Out: a call of every observer of the current
//! scope, outside of any lock. Refuses to carry arguments, keys or the text of errors, and lets no
//! observer's panic reach a call. With nobody listening in the whole process an event costs one load.

mod text;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::breaker::{self, Cause, Phase};
use crate::call::Site;
use crate::context;
use crate::dependency::Dependency;
use crate::failure::Failure;
use crate::rejected;
use crate::shared::Shown;

/// Something a policy did or saw.
///
/// `call` is the annotated function as `crate::module::function`. Attempts count from 1.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Event<'a> {
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
    /// A call that repeats began inside another that repeats: their attempts multiply.
    #[non_exhaustive]
    NestedRetry {
        /// The inner annotated function.
        call: &'a str,
        /// The service it calls, where that has a name.
        dependency: Option<Dependency>,
        /// How many calls that repeat enclose it.
        depth: u32,
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
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum End {
    /// With an answer.
    Ok,
    /// With an error of this meaning.
    Failed(Failure),
    /// Its future was dropped before it was ready: the caller gave up, or panicked.
    Dropped,
}

/// Why there is no other attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// The retry budget is used up.
    Budget,
    /// Too little time is left for another attempt.
    NoTimeLeft,
    /// The service asked for more time than is left, or than `max_server_delay` grants.
    ServerDelay,
    /// The attempt may have done something that must not be done twice.
    NotRepeatable,
}

impl<'a> Event<'a> {
    /// The annotated function; none when the event is about a state that functions may share.
    #[must_use]
    pub const fn call(&self) -> Option<&'a str> {
        match *self {
            Self::AttemptFinished { call, .. }
            | Self::RetryScheduled { call, .. }
            | Self::RetryRefused { call, .. }
            | Self::Rejected { call, .. }
            | Self::NestedRetry { call, .. }
            | Self::ErrorHidden { call, .. } => Some(call),
            Self::BreakerTransition { call, .. } => call,
            Self::ClockWentBack { .. } | Self::KeyOverflow { .. } => None,
        }
    }

    /// The service that the function calls, by [`dependency`](macro@crate::dependency); none when it has no name, or when
    /// the event is about a state that functions may share.
    #[must_use]
    pub const fn dependency(&self) -> Option<Dependency> {
        match *self {
            Self::AttemptFinished { dependency, .. }
            | Self::RetryScheduled { dependency, .. }
            | Self::RetryRefused { dependency, .. }
            | Self::Rejected { dependency, .. }
            | Self::NestedRetry { dependency, .. }
            | Self::ErrorHidden { dependency, .. }
            | Self::BreakerTransition { dependency, .. } => dependency,
            Self::ClockWentBack { .. } | Self::KeyOverflow { .. } => None,
        }
    }
}

/// Whom a scope tells.
pub(crate) type Observer = Arc<dyn Fn(&Event<'_>) + Send + Sync>;

/// How many observers all scopes have together.
static LISTENING: AtomicUsize = AtomicUsize::new(0);

/// An observer that answers events with commands, and so with events, is heard this many levels deep.
const DEEPEST: u32 = 8;

/// Whether anybody in the process listens; worth asking before an event is put together from much.
#[inline]
pub(crate) fn listening() -> bool {
    LISTENING.load(Ordering::Relaxed) != 0
}

/// Tells the observers of the current scope. Never call it while holding a lock.
#[inline]
pub(crate) fn emit(event: &Event<'_>) {
    if listening() {
        deliver(event);
    }
}

#[cold]
fn deliver(event: &Event<'_>) {
    if context::observing() >= DEEPEST {
        return;
    }
    let Some(observers) = context::current_scope().observers() else {
        return;
    };
    let _deeper = context::enter_observing();
    for observer in observers.iter() {
        // The panic hook has reported it; a call, maybe one being dropped, must not die of its log.
        let _contained = catch_unwind(AssertUnwindSafe(|| observer(event)));
    }
}

/// Tells of what a breaker did; `state` is asked only if somebody listens.
#[cold]
pub(crate) fn breaker_transition(
    site: Option<&Site>,
    state: impl FnOnce() -> Shown,
    transition: &breaker::Transition,
) {
    if !listening() {
        return;
    }
    let state = state();
    let &breaker::Transition {
        from,
        to,
        cause,
        open_for,
        ..
    } = transition;
    if cause == Cause::ClockBehind {
        emit(&Event::ClockWentBack {
            policy: "breaker",
            state,
        });
    }
    if from != to {
        emit(&Event::BreakerTransition {
            state,
            call: site.map(|site| site.name),
            dependency: site.and_then(Site::dependency),
            from,
            to,
            cause,
            open_for,
        });
    }
}

/// The observers of one scope.
pub(crate) struct Observers(Mutex<Option<Arc<[Observer]>>>);

impl Observers {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(None))
    }

    pub(crate) fn add(&self, observer: Observer) {
        let mut observers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = observers.iter().flat_map(|known| known.iter()).cloned();
        *observers = Some(known.chain([observer]).collect());
        LISTENING.fetch_add(1, Ordering::Relaxed);
    }

    /// Those of this moment: observers that come during a delivery hear the next event.
    pub(crate) fn all(&self) -> Option<Arc<[Observer]>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Drop for Observers {
    fn drop(&mut self) {
        let known = self.all().map_or(0, |known| known.len());
        LISTENING.fetch_sub(known, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
