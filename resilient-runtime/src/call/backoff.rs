//! The wait between two attempts. Nothing is held during it: permits went with the attempt.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tokio::time::{Sleep, sleep_until};

use super::run::Run;
use super::settle::Pause;
use crate::clock::Stamp;
use crate::event::{self, Event, Refusal};
use crate::failure::Failure;
use crate::retry::budget::{Budget, Core};
use crate::trace;

pin_project! {
    /// Waits, then asks the budget; resolves to whether the next attempt may start.
    ///
    /// Dropped, it costs no token: the budget is asked when the wait is over.
    #[must_use = "a backoff does nothing unless it is awaited"]
    pub struct Backoff<'a> {
        run: &'a mut Run,
        failure: Failure,
        #[pin]
        sleep: Sleep,
    }
}

impl Run {
    /// Waits, and pays for the next attempt.
    pub fn backoff(&mut self, pause: Pause) -> Backoff<'_> {
        let sleep = sleep_until(self.now().plus(pause.delay).to_instant());
        Backoff {
            run: self,
            failure: pause.failure,
            sleep,
        }
    }

    fn pay(&mut self, failure: Failure) -> bool {
        self.forget_now();
        let Some(budget) = self.budget() else {
            return true;
        };
        let now = self.now();
        self.after_unknown = failure == Failure::Unknown;
        self.paid = budget.0.get().spend(self.after_unknown, now);
        if !self.paid {
            self.refused_by(&budget.0.get(), failure, now);
            if self.attempt > 1 {
                self.gave_up(failure, true);
            } else {
                self.leave_it_at(failure);
            }
            self.attempts_over();
        }
        self.paid
    }

    /// Observers hear every refusal; a log hears one a second, since in an outage every call meets one.
    #[cold]
    fn refused_by(&self, budget: &Core, failure: Failure, now: Stamp) {
        let refused = Event::RetryRefused {
            call: self.site.name,
            dependency: self.site.dependency(),
            attempt: self.attempt,
            failure,
            why: Refusal::Budget,
        };
        let _span = self.heard.enter();
        event::observe(&refused);
        trace::tell_quietly(&refused, budget.quiet(), now);
    }

    #[cold]
    pub(super) fn give_back(&mut self) {
        self.paid = false;
        self.forget_now();
        if let Some(budget) = self.budget() {
            let now = self.now();
            budget.0.get().give_back(self.after_unknown, now);
        }
    }

    #[inline]
    pub(super) fn budget(&self) -> Option<&'static Budget> {
        self.site.plan.retry.as_ref().and_then(|retry| retry.budget)
    }
}

impl Future for Backoff<'_> {
    type Output = bool;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<bool> {
        let this = self.project();
        match this.sleep.poll(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) => Poll::Ready(this.run.pay(*this.failure)),
        }
    }
}
