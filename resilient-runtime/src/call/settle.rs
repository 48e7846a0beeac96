//! After an attempt: return its answer, or keep it and try again.
//!
//! The order of the questions is that of Google's client libraries, with our effects in front: success;
//! refused; repeatable; attempts left; nothing started that must not be repeated; time left.

use std::ops::ControlFlow;
use std::time::Duration;

use super::answer::Verdict;
use super::follow::{Asked, Follow};
use super::run::Run;
use crate::clock::Stamp;
use crate::context::{self, Became};
use crate::effect::Class;
use crate::event::{End, Event, Refusal};
use crate::failure::Failure;
use crate::retry::budget::Budget;

/// The answer that is returned if nothing better comes: of a write the latest whose outcome is unknown,
/// otherwise the last one.
#[derive(Debug)]
pub struct Kept<R> {
    answer: Option<R>,
    /// What the call has come to so far; none for an answer.
    pub(super) failure: Option<Failure>,
    /// The outcome of a write is unknown.
    pub(super) unknown: bool,
    /// What the attempts together have become, for whoever repeats around the call.
    pub(super) became: Became,
}

impl<R> Default for Kept<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R> Kept<R> {
    /// Nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            answer: None,
            failure: None,
            unknown: false,
            became: Became::NotSent,
        }
    }

    /// Keeps a failed attempt's answer, or hands it back where an earlier one has to be returned.
    ///
    /// Of a write one unknown outcome outlives every later failure, and any attempt outlives a refusal.
    pub(super) fn keep(
        &mut self,
        answer: R,
        failure: Failure,
        refused: bool,
        class: Class,
    ) -> Option<R> {
        self.became = self.became.and(Became::of(Some(&failure)));
        let unknown = failure == Failure::Unknown;
        if self.answer.is_some() && (refused || (self.unknown && !unknown)) {
            return Some(answer);
        }
        self.unknown = unknown && class != Class::READ_ONLY;
        self.failure = Some(failure);
        self.answer = Some(answer);
        None
    }

    /// Whether an attempt of a write may have been carried out.
    #[must_use]
    pub const fn is_unknown(&self) -> bool {
        self.unknown
    }

    /// The kept answer, when no other attempt follows.
    ///
    /// # Panics
    ///
    /// When nothing was kept, which the loop excludes: it gives up only after [`Run::settle`] kept an answer.
    #[must_use]
    pub fn give_up(&mut self) -> R {
        context::set_became(self.became);
        self.answer
            .take()
            .expect("`settle` keeps an answer before it asks for a backoff")
    }
}

/// What follows an attempt.
enum Next {
    Return,
    Again(Pause),
}

/// The wait before another attempt.
#[derive(Debug, Clone, Copy)]
#[must_use = "the next attempt follows the wait"]
pub struct Pause {
    pub(super) delay: Duration,
    /// Why the attempt before it failed.
    pub(super) failure: Failure,
}

#[cold]
fn earn_in_scope(budget: &'static Budget, now: Stamp) {
    budget.0.get().earn(now);
}

impl Run {
    /// Takes the answer of the only attempt, and hands it on.
    #[inline]
    pub fn end<R>(&mut self, kept: &mut Kept<R>, answer: R) -> R {
        if self.is_answered(kept) {
            return answer;
        }
        match self.settle(kept, answer) {
            ControlFlow::Break(answer) => answer,
            ControlFlow::Continue(_) => kept.give_up(),
        }
    }

    /// Its repeats reach the service, so they count for the retries around it. Those of `not_sent` never arrive.
    #[inline]
    pub(super) fn is_felt(&self) -> bool {
        let retry = self.site.plan.retry.as_ref();
        retry.is_some_and(|retry| !retry.only_not_sent)
    }

    /// This failure has been repeated here, or must not be for want of budget: the retries around leave it at that.
    #[cold]
    pub(super) fn leave_it_at(&self, failure: Failure) {
        if self.is_felt() {
            context::give_up_repeating(failure);
        }
    }

    /// Whether the last attempt brought an answer. The call is over with it; otherwise what came is to be
    /// [settled](Self::settle).
    #[inline]
    pub fn is_answered<R>(&mut self, kept: &mut Kept<R>) -> bool {
        if self.verdict.failure.is_some() {
            return false;
        }
        kept.failure = None;
        self.succeeded();
        self.heard.keep(|| End::Ok);
        self.attempts_over();
        true
    }

    /// Takes a failed attempt's answer: breaks with the function's answer, or continues after a pause.
    #[inline]
    pub fn settle<R>(&mut self, kept: &mut Kept<R>, answer: R) -> ControlFlow<R, Pause> {
        match self.verdict.failure {
            None => ControlFlow::Break(answer),
            Some(failure) => self.failed(kept, answer, failure),
        }
    }

    /// An answer pays for later repeats.
    #[inline]
    fn succeeded(&mut self) {
        context::set_became(Became::Done);
        if self.attempt > 1 && self.is_felt() {
            context::end_repeating();
        }
        let Some(budget) = self.budget() else {
            return;
        };
        match budget.0.at_home() {
            Some(core) => core.earn(self.now),
            None => earn_in_scope(budget, self.now),
        }
    }

    #[cold]
    fn failed<R>(
        &mut self,
        kept: &mut Kept<R>,
        answer: R,
        failure: Failure,
    ) -> ControlFlow<R, Pause> {
        let refused = self.verdict.refused;
        let next = if refused {
            Next::Return
        } else {
            self.next(self.verdict, failure)
        };
        if let Some(hidden) = kept.keep(answer, failure, refused, self.site.plan.class) {
            self.hide(failure, refused);
            drop(hidden);
        } else {
            self.heard.keep(|| End::Failed(failure));
        }
        match next {
            Next::Again(pause) => {
                self.heard.delayed(pause.delay);
                ControlFlow::Continue(pause)
            }
            Next::Return => {
                if self.attempt > 1 && !refused {
                    self.gave_up(failure, kept.unknown);
                }
                self.attempts_over();
                ControlFlow::Break(kept.give_up())
            }
        }
    }

    /// Whether another attempt follows, and when.
    #[cold]
    fn next(&mut self, verdict: Verdict, failure: Failure) -> Next {
        let Some(retry) = &self.site.plan.retry else {
            return Next::Return;
        };
        let asked = Asked {
            failure,
            final_: verdict.final_,
            attempt: self.attempt,
            started: self.may_have_started(),
            repeated: self.known.inside().has_spent(failure),
        };
        let least = Duration::from_nanos(self.site.plan.least);
        let left = || {
            // The clock moved while the body ran.
            self.forget_now();
            let left = self.left()?;
            Some(left.saturating_sub(least.max(Duration::from_nanos(1))))
        };
        let delay = match retry.follow(asked, left) {
            Follow::Return => return Next::Return,
            Follow::Refused(why) => {
                if why == Refusal::RepeatedInside {
                    self.leave_it_at(failure);
                }
                return self.no_repeat(failure, why);
            }
            Follow::Again(delay) => delay,
        };
        self.tell(&Event::RetryScheduled {
            call: self.site.name,
            dependency: self.site.dependency(),
            attempt: self.attempt,
            failure,
            delay,
            last: self.attempt + 1 >= retry.attempts,
        });
        Next::Again(Pause { delay, failure })
    }

    /// It had repeats, and failed. (One that is refused in the end stays "repeating": its answer is an earlier one.)
    #[cold]
    pub(super) fn gave_up(&self, failure: Failure, unknown: bool) {
        if self.is_felt() {
            context::end_repeating();
        }
        self.leave_it_at(failure);
        if unknown {
            self.leave_it_at(Failure::Unknown);
        }
    }

    fn no_repeat(&self, failure: Failure, why: Refusal) -> Next {
        self.tell(&Event::RetryRefused {
            call: self.site.name,
            dependency: self.site.dependency(),
            attempt: self.attempt,
            failure,
            why,
        });
        Next::Return
    }

    #[cold]
    fn hide(&self, failure: Failure, refused: bool) {
        if !refused {
            self.tell(&Event::ErrorHidden {
                call: self.site.name,
                dependency: self.site.dependency(),
                attempt: self.attempt,
                failure,
            });
        }
    }
}
