//! The attempts of one call that is retried by hand: where it stands, what follows, who pays.

use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::time::sleep_until;

use super::frame::{About, Frame};
use super::judge::Judge;
use super::retry::Retry;
use crate::call::follow::{Asked, Follow};
use crate::call::settle::{Kept, Pause};
use crate::call::{Answer, Verdict};
use crate::clock::Stamp;
use crate::context::{self, Became, Inner, Known};
use crate::event::{self, End, Event, Refusal};
use crate::failure::Failure;

/// One call's attempts. Dropped, it gives back the token of a repeat that was not sent.
pub(super) struct Round<'a, J> {
    retry: &'a Retry<J>,
    /// The attempt being made, from 1; 0 before the first.
    attempt: u32,
    /// Non-idempotent calls that the attempts began and that may have been carried out.
    known: Known,
    begun: Stamp,
    verdict: Verdict,
    /// A repeat was paid for, and its future has not been polled yet; whether it was after an unknown outcome.
    paid: Option<bool>,
    /// Whom its events are about.
    about: About,
}

impl<'a, J> Round<'a, J> {
    pub(super) fn new(retry: &'a Retry<J>) -> Self {
        Self {
            retry,
            attempt: 0,
            known: Known::NOTHING,
            begun: Stamp::NEVER,
            verdict: Verdict::said(None),
            paid: None,
            about: About::of(retry.name),
        }
    }

    /// The next attempt.
    pub(super) fn attempt<F>(&mut self, body: F) -> Attempting<'_, 'a, J, F>
    where
        F: Future<Output: Answer>,
        J: Judge<F::Output>,
    {
        Attempting {
            round: self,
            stands: Stands::Start,
            body: Some(body),
        }
    }

    fn begin(&mut self) {
        self.paid = None;
        self.attempt += 1;
        if self.attempt == 1 {
            self.about = About::of(self.retry.name);
        }
        Frame::note(|frame| {
            frame.attempt = self.attempt;
            frame.last = self.attempt >= self.retry.numbers.attempts;
        });
        self.known.set_inside(Inner::NONE);
        if self.attempt == 2 && self.is_felt() {
            context::begin_repeating();
        }
        let depth = context::retries();
        if self.attempt == 1 {
            self.begun = Stamp::now();
            if depth > 0 {
                event::emit(&Event::NestedRetry {
                    call: self.about.call,
                    dependency: self.about.dependency,
                    depth,
                });
            }
        }
        if self.about.framed {
            return;
        }
        event::observe(&Event::AttemptStarted {
            call: self.about.call,
            dependency: self.about.dependency,
            attempt: self.attempt,
        });
    }

    /// Without a call around nobody else knows what an attempt is.
    fn ended(&self, end: End) {
        if self.about.framed {
            return;
        }
        event::observe(&Event::AttemptFinished {
            call: self.about.call,
            dependency: self.about.dependency,
            attempt: self.attempt,
            end,
        });
    }

    /// Takes an attempt's answer: breaks with the call's answer, or continues after a pause.
    pub(super) fn settle<R>(&mut self, kept: &mut Kept<R>, answer: R) -> ControlFlow<R, Pause> {
        let Some(failure) = self.verdict.failure else {
            context::set_became(Became::Done);
            if self.attempt > 1 && self.is_felt() {
                context::end_repeating();
            }
            if let Some(purse) = self.retry.purse() {
                purse.earn(Stamp::now());
            }
            return ControlFlow::Break(answer);
        };
        if let Some(hidden) = kept.keep(answer, failure, false, self.retry.class) {
            event::emit(&Event::ErrorHidden {
                call: self.about.call,
                dependency: self.about.dependency,
                attempt: self.attempt,
                failure,
            });
            drop(hidden);
        }
        if let Some(delay) = self.follows(failure) {
            return ControlFlow::Continue(Pause { delay, failure });
        }
        if self.attempt > 1 {
            self.gave_up(failure, kept.unknown);
        }
        ControlFlow::Break(kept.give_up())
    }

    /// The delay before another attempt, if one follows; tells observers either way.
    fn follows(&self, failure: Failure) -> Option<Duration> {
        let now = Stamp::now();
        let latest = self.retry.latest(self.begun, context::deadline());
        let left = (latest != Stamp::FOREVER).then(|| latest.since(now));
        let asked = Asked {
            failure,
            final_: self.verdict.final_,
            attempt: self.attempt,
            started: !self.known.started().is_none(),
            repeated: !self.retry.multiplies && self.known.inside().has_spent(failure),
        };
        // An attempt that starts at the last instant starts too late.
        let last = left.map(|left| left.saturating_sub(Duration::from_nanos(1)));
        let why = match self.retry.numbers.follow(asked, || last) {
            Follow::Return => return None,
            Follow::Again(_) if left.is_some_and(|left| left.is_zero()) => Refusal::NoTimeLeft,
            Follow::Again(delay) => {
                event::emit(&Event::RetryScheduled {
                    call: self.about.call,
                    dependency: self.about.dependency,
                    attempt: self.attempt,
                    failure,
                    delay,
                    last: self.attempt + 1 >= self.retry.numbers.attempts,
                });
                Frame::note(|frame| frame.delay = frame.delay.saturating_add(delay));
                return Some(delay);
            }
            Follow::Refused(why) => {
                if why == Refusal::RepeatedInside {
                    self.leave_it_at(failure);
                }
                why
            }
        };
        self.no_repeat(failure, why);
        None
    }

    /// Its repeats reach the service, so they count for the retries around it. Those of `not_sent` never arrive.
    fn is_felt(&self) -> bool {
        !self.retry.numbers.only_not_sent
    }

    /// This failure has been repeated here, or must not be for want of budget: the retries around leave it at that.
    fn leave_it_at(&self, failure: Failure) {
        if self.is_felt() {
            context::give_up_repeating(failure);
        }
    }

    /// It had repeats, and failed.
    fn gave_up(&self, failure: Failure, unknown: bool) {
        if self.is_felt() {
            context::end_repeating();
        }
        self.leave_it_at(failure);
        if unknown {
            self.leave_it_at(Failure::Unknown);
        }
    }

    fn no_repeat(&self, failure: Failure, why: Refusal) {
        event::emit(&Event::RetryRefused {
            call: self.about.call,
            dependency: self.about.dependency,
            attempt: self.attempt,
            failure,
            why,
        });
    }

    /// Waits, then pays for the next attempt; false if nobody does. Dropped, it costs nothing.
    pub(super) async fn backoff(&mut self, pause: Pause) -> bool {
        let Pause { delay, failure } = pause;
        if !delay.is_zero() {
            sleep_until(Stamp::now().plus(delay).to_instant()).await;
        }
        let Some(purse) = self.retry.purse() else {
            return true;
        };
        let unknown = failure.is_unknown();
        let paid = purse.spend(unknown, Stamp::now());
        if paid {
            self.paid = Some(unknown);
        } else {
            if self.attempt > 1 {
                self.gave_up(failure, true);
            } else {
                self.leave_it_at(failure);
            }
            self.no_repeat(failure, Refusal::Budget);
        }
        paid
    }
}

impl<J> Drop for Round<'_, J> {
    fn drop(&mut self) {
        if let (Some(unknown), Some(purse)) = (self.paid, self.retry.purse()) {
            purse.give_back(unknown, Stamp::now());
        }
    }
}

/// Where an attempt stands.
#[derive(PartialEq, Eq)]
enum Stands {
    Start,
    Running,
    Over,
}

pin_project! {
    /// The future of one attempt.
    pub(super) struct Attempting<'r, 'a, J, F> {
        round: &'r mut Round<'a, J>,
        stands: Stands,
        #[pin]
        body: Option<F>,
    }

    impl<J, F> PinnedDrop for Attempting<'_, '_, J, F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            this.body.set(None);
            if *this.stands == Stands::Running {
                this.round.ended(End::Dropped);
            }
        }
    }
}

impl<J, F> Future for Attempting<'_, '_, J, F>
where
    F: Future<Output: Answer>,
    J: Judge<F::Output>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        if *this.stands == Stands::Start {
            *this.stands = Stands::Running;
            this.round.begin();
        }
        let Some(body) = this.body.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        let polled = {
            let known = &mut this.round.known;
            let _attempt = context::enter_counted(Stamp::FOREVER, known, false, true);
            body.poll(cx)
        };
        let Poll::Ready(answer) = polled else {
            return Poll::Pending;
        };
        this.round.verdict = this.round.retry.judge.judge(&answer);
        *this.stands = Stands::Over;
        this.body.set(None);
        let failure = this.round.verdict.failure;
        this.round.ended(failure.map_or(End::Ok, End::Failed));
        Poll::Ready(answer)
    }
}
