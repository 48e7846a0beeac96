//! The wait between two attempts. Nothing is held during it: permits went with the attempt.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::time::{Sleep, sleep_until};

use super::run::Run;
use crate::event::{self, Event, Refusal};
use crate::failure::Failure;

pin_project! {
    /// Waits, then asks the budget; resolves to whether the next attempt may start.
    ///
    /// Dropped, it costs no token: the budget is asked when the wait is over.
    #[must_use = "a backoff does nothing unless it is awaited"]
    pub struct Backoff<'a> {
        run: &'a mut Run,
        #[pin]
        sleep: Sleep,
    }
}

impl Run {
    /// Waits for `delay` and pays for the next attempt.
    pub fn backoff(&mut self, delay: Duration) -> Backoff<'_> {
        let sleep = sleep_until(self.now().plus(delay).to_instant());
        Backoff { run: self, sleep }
    }

    fn pay(&mut self) -> bool {
        self.forget_now();
        let Some(budget) = self.site.plan.retry.as_ref().and_then(|retry| retry.budget) else {
            return true;
        };
        let now = self.now();
        let paid = budget.0.get().spend(self.after_unknown, now);
        self.paid = paid;
        if !paid {
            let failure = if self.after_unknown {
                Failure::Unknown
            } else {
                Failure::transient(None)
            };
            event::emit(&Event::RetryRefused {
                call: self.site.name,
                attempt: self.attempt,
                failure,
                why: Refusal::Budget,
            });
        }
        paid
    }
}

impl Future for Backoff<'_> {
    type Output = bool;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<bool> {
        let this = self.project();
        match this.sleep.poll(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) => Poll::Ready(this.run.pay()),
        }
    }
}
