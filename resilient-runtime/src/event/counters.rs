//! Events as figures: how many calls, attempts, repeats and refusals there were, by function.
//!
//! In: the events of a scope, for as long as somebody asked for it. Out: [`Counts`] by function, and a page of text for
//! Prometheus. Refuses to cost anything while nobody asked: policies do not count for it.

mod prometheus;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{End, Event, Subscription};
use crate::scope::Scope;

/// The upper bounds of the histogram of call times, in seconds: the client libraries of Prometheus' default.
pub(super) const BOUNDS: [f64; 11] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// Counts what happens in a scope while its subscription lives.
///
/// A clone counts into the same figures. There is one entry for each annotated function (or each name of a policy by hand), so
/// memory is bounded by the program's text, not by its traffic. Policies by hand have attempts, repeats and refusals, but no
/// frame around them: they count nothing in `calls`, `in_flight` and the times.
///
/// ```
/// use resilient_runtime::event::Counters;
/// use resilient_runtime::{Rejected, Scope, registry, timeout};
///
/// #[timeout("1s")]
/// async fn rate() -> Result<u32, Rejected> {
///     Ok(42)
/// }
///
/// # #[cfg(feature = "testing")] resilient_runtime::testing::run(async {
/// let counters = Counters::new();
/// let _counting = counters.count(&Scope::current()); // in a program: `Scope::process()`, kept for good
/// rate().await.unwrap();
/// let page = counters.prometheus(&registry()); // what an endpoint `/metrics` answers
/// assert!(page.contains("outcome=\"success\""));
/// # });
/// ```
#[derive(Debug, Clone, Default)]
pub struct Counters(Arc<Mutex<BTreeMap<String, Counts>>>);

impl Counters {
    /// Nothing counted yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts the events of this scope until the guard is dropped.
    pub fn count(&self, scope: &Scope) -> Subscription {
        let into = self.clone();
        scope.subscribe(move |event| into.take(event))
    }

    /// The figures of one function, as `crate::module::function`; zeros for one that nobody called.
    #[must_use]
    pub fn of(&self, call: &str) -> Counts {
        self.lock().get(call).cloned().unwrap_or_default()
    }

    /// The figures of every function that was called, by name.
    #[must_use]
    pub fn all(&self) -> BTreeMap<String, Counts> {
        self.lock().clone()
    }

    fn take(&self, event: &Event<'_>) {
        let Some(call) = event.call() else {
            return;
        };
        let mut all = self.lock();
        if let Some(counts) = all.get_mut(call) {
            counts.take(event);
        } else {
            all.entry(call.to_owned()).or_default().take(event);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Counts>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What happened to one function's calls.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Counts {
    /// Calls that ended, by how they did.
    pub calls: BTreeMap<Outcome, u64>,
    /// Calls that have begun and not ended.
    pub in_flight: u64,
    /// Attempts that ended, by [`End::name`].
    pub attempts: BTreeMap<&'static str, u64>,
    /// Attempts that were scheduled after a failed one.
    pub retries: u64,
    /// Repeats that did not happen although attempts were left, by [`Refusal::name`](super::Refusal::name).
    pub retries_refused: BTreeMap<&'static str, u64>,
    /// What policies refused or ended, by [`Kind::name`](crate::rejected::Kind::name).
    pub rejections: BTreeMap<&'static str, u64>,
    /// Attempts that waited in a policy's queue and got a permit.
    pub waits: u64,
    /// The time they waited.
    pub waited: Duration,
    /// The time all calls took together.
    pub elapsed: Duration,
    /// Calls that took at most as long as the bound of that place, and longer than the one before.
    times: [u64; BOUNDS.len()],
}

/// How calls ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Outcome {
    /// `success`, `failure`, `rejected` or `dropped`, see [`End::name`].
    pub end: &'static str,
    /// The class of its error, see [`Failure::name`](crate::Failure::name); empty without one.
    pub failure: &'static str,
    /// It took more than one attempt.
    pub retried: bool,
}

impl Counts {
    /// All calls that ended.
    #[must_use]
    pub fn ended(&self) -> u64 {
        self.calls.values().sum()
    }

    /// Calls that ended so: `success`, `failure`, `rejected` or `dropped`.
    #[must_use]
    pub fn ended_in(&self, end: &str) -> u64 {
        let of_end = self.calls.iter().filter(|(outcome, _)| outcome.end == end);
        of_end.map(|(_, count)| count).sum()
    }

    fn take(&mut self, event: &Event<'_>) {
        match *event {
            Event::CallStarted { .. } => self.in_flight += 1,
            Event::CallFinished {
                end,
                attempts,
                elapsed,
                ..
            } => self.finish(end, attempts > 1, elapsed),
            Event::AttemptFinished { end, .. } => {
                *self.attempts.entry(end.name()).or_default() += 1;
            }
            Event::RetryScheduled { .. } => self.retries += 1,
            Event::RetryRefused { why, .. } => {
                *self.retries_refused.entry(why.name()).or_default() += 1;
            }
            Event::Rejected { kind, .. } => *self.rejections.entry(kind.name()).or_default() += 1,
            Event::PermitWaited { waited, .. } => {
                self.waits += 1;
                self.waited = self.waited.saturating_add(waited);
            }
            _ => {}
        }
    }

    fn finish(&mut self, end: End, retried: bool, elapsed: Duration) {
        // A call that had begun before the counting did ends in it.
        self.in_flight = self.in_flight.saturating_sub(1);
        let outcome = Outcome {
            end: end.name(),
            failure: end.failure().map_or("", |failure| failure.name()),
            retried,
        };
        *self.calls.entry(outcome).or_default() += 1;
        self.elapsed = self.elapsed.saturating_add(elapsed);
        let seconds = elapsed.as_secs_f64();
        if let Some(place) = BOUNDS.iter().position(|bound| seconds <= *bound) {
            self.times[place] += 1;
        }
    }
}

#[cfg(test)]
mod tests;
