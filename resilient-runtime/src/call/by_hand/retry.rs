//! A retry around a closure that makes a future for each attempt.

use std::future::Future;
use std::ops::ControlFlow;
use std::time::Duration;

use super::judge::{Classified, Failing, Judge, Narrowed, OfItsType};
use super::round::Round;
use crate::call::{Answer, Kept, site};
use crate::clock::Stamp;
use crate::effect::Class;
use crate::failure::Failure;
use crate::retry::budget::{self, Budget};
use crate::retry::{Backoff, Jitter};
use crate::shared::Ref;

/// Repeats a call when that is harmless and may help; the page of the [attribute](macro@crate::retry) and
/// [`retry`](mod@crate::retry) say when. The defaults are the attribute's: 3 attempts, 100 ms doubled with full
/// jitter, a budget that answers pay for.
///
/// The constructor answers the question every retry has to: *what happens if the service does this twice?* Nobody
/// checks the answer at compile time. At run time the guard does what it can: after an attempt that has begun an
/// annotated non-idempotent call it does not repeat.
///
/// The closure is called once per attempt. Return a clone of what the attempt consumes, and make an idempotency key
/// *outside* of it, so that all attempts send the same one.
///
/// Clones share the budget. Dropping the future of [`run`](Self::run) drops the attempt; dropped while it waits it
/// costs no token.
///
/// ```
/// # #[cfg(feature = "testing")]
/// # resilient_runtime::testing::run(async {
/// use resilient_runtime::by_hand::Retry;
/// use std::io::{ErrorKind, Result};
///
/// static READS: Retry = Retry::read_only().attempts(4).named("rates");
///
/// let mut sent = 0;
/// let answer: Result<f64> = READS.run(|| {
///     sent += 1;
///     let works = sent == 3;
///     async move { if works { Ok(1.08) } else { Err(ErrorKind::ConnectionReset.into()) } }
/// }).await;
/// assert_eq!((answer.ok(), sent), (Some(1.08), 3));
/// # });
/// ```
#[derive(Debug, Clone)]
pub struct Retry<J = OfItsType> {
    pub(super) name: &'static str,
    pub(super) class: Class,
    pub(super) numbers: site::Retry,
    purse: Purse,
    /// No attempt starts later than this.
    longest: Option<Duration>,
    /// The time the caller has left does not count.
    regardless: bool,
    /// What was repeated inside is repeated all the same.
    pub(super) multiplies: bool,
    pub(super) judge: J,
}

/// What repeats are paid from.
#[derive(Debug, Clone)]
enum Purse {
    Own(Budget),
    Shared(&'static Budget),
    Free,
}

impl Retry {
    /// For calls that change nothing.
    #[track_caller]
    #[must_use]
    pub const fn read_only() -> Self {
        Self::of(Class::READ_ONLY, site::Retry::new(3))
    }

    /// For calls of which two do the same as one: also those that carry an idempotency key the service honours.
    ///
    /// After an unknown outcome a later failure does not hide it: the caller gets the error that is unknown.
    #[track_caller]
    #[must_use]
    pub const fn idempotent() -> Self {
        Self::of(Class::IDEMPOTENT, site::Retry::new(3))
    }

    /// For all other calls: repeats only what was certainly not processed.
    #[track_caller]
    #[must_use]
    pub const fn not_sent() -> Self {
        Self::of(Class::NON_IDEMPOTENT, site::Retry::new(3).not_sent())
    }

    #[track_caller]
    const fn of(class: Class, numbers: site::Retry) -> Self {
        Self {
            name: "retry",
            class,
            numbers,
            purse: Purse::Own(Budget::new(budget::Settings::new())),
            longest: None,
            regardless: false,
            multiplies: false,
            judge: OfItsType,
        }
    }
}

impl<J> Retry<J> {
    /// Shown under this name in events; without one as `retry`.
    #[must_use]
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// So many attempts in all, the first included; 0 is 1. Default 3.
    #[must_use]
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.numbers.attempts = attempts;
        self
    }

    /// How the delay before a repeat grows. Default 100 ms, doubled, at most 2 s.
    #[must_use]
    pub const fn backoff(mut self, backoff: Backoff) -> Self {
        self.numbers.backoff = backoff;
        self
    }

    /// Repeats without a delay: for what is over at once, like a connection from the pool that the server
    /// had closed. A service that is down is asked again in the same instant, so allow few attempts.
    #[must_use]
    pub const fn at_once(mut self) -> Self {
        self.numbers.backoff = Backoff::fixed(Duration::ZERO);
        self
    }

    /// How much of the delay is waited. Default [`Jitter::Full`].
    #[must_use]
    pub const fn jitter(mut self, jitter: Jitter) -> Self {
        self.numbers.jitter = jitter;
        self
    }

    /// The longest delay the service may ask for; more ends the loop. Default 30 s.
    #[must_use]
    pub const fn max_server_delay(mut self, longest: Duration) -> Self {
        self.numbers.max_server_delay = longest;
        self
    }

    /// No attempt starts later than this after the first one, and a delay that would lead beyond it is not begun.
    /// An attempt that runs is not ended; for that put a [`Timeout`](super::Timeout) around. Default: no bound.
    #[must_use]
    pub const fn for_at_most(mut self, longest: Duration) -> Self {
        self.longest = Some(longest);
        self
    }

    /// Waits also where the time that the caller has left is shorter than the delay: the limit around it then ends
    /// the call with a timeout. By default the loop ends at once in that case, with the error it has.
    #[must_use]
    pub const fn regardless_of_deadline(mut self) -> Self {
        self.regardless = true;
        self
    }

    /// Repeats also a failure that a retry inside has repeated in vain, so that attempts multiply: 3 of 3 are 9. By
    /// default the retry next to the service has the last word.
    #[must_use]
    pub const fn allow_nested(mut self) -> Self {
        self.multiplies = true;
        self
    }

    /// Repeats are paid from this budget, shared with all who name it; of a `static` each scope has its own.
    #[must_use]
    pub fn budget(mut self, budget: &'static Budget) -> Self {
        self.purse = Purse::Shared(budget);
        self
    }

    /// Repeats are paid from a budget of this policy's own with these numbers. Default: the numbers of the attribute.
    #[track_caller]
    #[must_use]
    pub fn own_budget(mut self, settings: budget::Settings) -> Self {
        self.purse = Purse::Own(Budget::new(settings));
        self
    }

    /// Nobody pays for repeats: in an outage each caller multiplies its load by the attempts.
    #[must_use]
    pub fn no_budget(mut self) -> Self {
        self.purse = Purse::Free;
        self
    }

    /// Asks this function what an error means, instead of its type.
    #[must_use]
    pub fn classify<E, C: Fn(&E) -> Failure>(self, classify: C) -> Retry<Classified<C>> {
        self.judged(|_| Classified(classify))
    }

    /// Takes answers that are `Ok` for failures where this function says so. The last one is returned as it is.
    #[must_use]
    pub fn failed<T, F: Fn(&T) -> Option<Failure>>(self, failed: F) -> Retry<Failing<J, F>> {
        self.judged(|judge| Failing(judge, failed))
    }

    /// Repeats only errors for which this function says `true`. It narrows: what is not repeatable by its meaning
    /// stays so.
    #[must_use]
    pub fn when<E, W: Fn(&E) -> bool>(self, when: W) -> Retry<Narrowed<J, W>> {
        self.judged(|judge| Narrowed(judge, when))
    }

    fn judged<N>(self, judge: impl FnOnce(J) -> N) -> Retry<N> {
        Retry {
            name: self.name,
            class: self.class,
            numbers: self.numbers,
            purse: self.purse,
            longest: self.longest,
            regardless: self.regardless,
            multiplies: self.multiplies,
            judge: judge(self.judge),
        }
    }

    /// Calls the closure and runs its future, again and again where that is harmless, may help, and is paid for.
    ///
    /// The answer is the first that is no failure, else the last; after an unknown outcome of a write that one.
    pub async fn run<R, F, M>(&self, mut make: M) -> R
    where
        R: Answer,
        F: Future<Output = R>,
        M: FnMut() -> F,
        J: Judge<R>,
    {
        let mut round = Round::new(self);
        let mut kept = Kept::new();
        loop {
            let answer = round.attempt(make()).await;
            let pause = match round.settle(&mut kept, answer) {
                ControlFlow::Break(answer) => return answer,
                ControlFlow::Continue(pause) => pause,
            };
            if !round.backoff(pause).await {
                return kept.give_up();
            }
        }
    }

    /// What repeats are paid from, if anything.
    pub(super) fn purse(&self) -> Option<Ref<budget::Core>> {
        match &self.purse {
            Purse::Own(budget) => Some(budget.0.own().get()),
            Purse::Shared(budget) => Some(budget.0.get()),
            Purse::Free => None,
        }
    }

    /// The instant before which an attempt has to start, by the caller's time and its own.
    pub(super) fn latest(&self, begun: Stamp, deadline: Stamp) -> Stamp {
        let own = self
            .longest
            .map_or(Stamp::FOREVER, |longest| begun.plus(longest));
        if self.regardless {
            own
        } else {
            own.min(deadline)
        }
    }
}
