//! A time limit for one future.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::time::Sleep;

use super::frame::About;
use super::judge::{Absorb, Carried, Made};
use super::{cut_off, refused};
use crate::call::Answer;
use crate::call::open::expired;
use crate::clock::Stamp;
use crate::context;
use crate::rejected::{Kind, Rejected};

/// Bounds the time of whatever it is put around: a whole call, queues and repeats included, or one attempt.
///
/// The clock starts with the first poll; the timer is armed when the inner future is first pending. Annotated calls
/// and policies inside inherit the time that is left, and the limit never outlives the caller's: with less
/// time left around it than its own, the caller's limit ends the call; with none left it is refused with
/// [`DeadlineExceeded`](Kind::DeadlineExceeded).
///
/// At the limit the inner future is dropped, and the answer is a [`Rejected`] of kind
/// [`TotalTimeout`](Kind::TotalTimeout). Its [`Failure`](crate::Failure) is `Unknown`: the service may carry
/// the call out all the same.
///
/// ```
/// # #[cfg(feature = "testing")]
/// # resilient_runtime::testing::run(async {
/// use std::time::Duration;
/// use resilient_runtime::Rejected;
/// use resilient_runtime::by_hand::Timeout;
///
/// const LIMIT: Timeout = Timeout::new(Duration::from_millis(500)).named("rates");
/// let answer: Result<f64, Rejected> = LIMIT.run(std::future::pending()).await;
/// assert_eq!(answer.unwrap_err().to_string(), "`rates` timed out after 500ms; the service may have carried it out");
/// # });
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Timeout<A = Carried> {
    name: &'static str,
    limit: Duration,
    absorb: A,
}

impl Timeout {
    /// This long at most.
    #[must_use]
    pub const fn new(limit: Duration) -> Self {
        Self {
            name: "timeout",
            limit,
            absorb: Carried,
        }
    }

    /// Makes the error of a rejection by this function, for error types that cannot be made from one.
    #[must_use]
    pub fn rejected<E, M: Fn(Rejected) -> E>(self, make: M) -> Timeout<Made<M>> {
        Timeout {
            name: self.name,
            limit: self.limit,
            absorb: Made(make),
        }
    }
}

impl<A> Timeout<A> {
    /// Shown under this name in events and rejections, unless a [`LogicalCall`](super::LogicalCall) is around; without one as `timeout`.
    #[must_use]
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Runs the future under the limit.
    ///
    /// Dropping it drops the inner future and the timer.
    pub fn run<R, F>(&self, body: F) -> impl Future<Output = R>
    where
        R: Answer,
        F: Future<Output = R>,
        A: Absorb<R>,
    {
        Bounded {
            timeout: self,
            limit: Limit::unset(),
            attempt: 0,
            timer: None,
            body: Some(body),
        }
    }
}

/// The end of the call.
#[derive(Debug, Clone, Copy)]
struct Limit {
    /// Its own; never before the first poll.
    own: Stamp,
    /// Its own or the caller's, whichever is earlier.
    end: Stamp,
}

impl Limit {
    const fn unset() -> Self {
        Self {
            own: Stamp::NEVER,
            end: Stamp::NEVER,
        }
    }

    /// The caller ends the call himself, by an earlier limit.
    fn is_inherited(self) -> bool {
        self.end < self.own
    }
}

pin_project! {
    struct Bounded<'a, A, F> {
        timeout: &'a Timeout<A>,
        limit: Limit,
        // The one it stands in, from 1; 0 when it is around the attempts.
        attempt: u32,
        #[pin]
        timer: Option<Sleep>,
        #[pin]
        body: Option<F>,
    }
}

impl<A, F> Future for Bounded<'_, A, F>
where
    F: Future<Output: Answer>,
    A: Absorb<F::Output>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let around = context::deadline();
        if this.limit.own == Stamp::NEVER {
            let about = About::of(this.timeout.name);
            *this.attempt = about.attempt;
            let now = Stamp::now();
            let own = now.plus(this.timeout.limit);
            let end = own.min(around);
            *this.limit = Limit { own, end };
            if end <= now && this.limit.is_inherited() {
                this.body.set(None);
                let why = refused(Kind::DeadlineExceeded, about);
                return Poll::Ready(this.timeout.absorb.absorb(why));
            }
        } else if this.limit.is_inherited() && around != this.limit.end {
            // It left the call it began in: nobody there ends it in time, so its own limit holds again.
            this.limit.end = this.limit.own;
        }
        let Some(body) = this.body.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        let polled = {
            let _deadline = context::enter_deadline(this.limit.end);
            body.poll(cx)
        };
        match polled {
            Poll::Ready(answer) => {
                this.body.set(None);
                Poll::Ready(answer)
            }
            Poll::Pending if this.limit.is_inherited() => Poll::Pending,
            Poll::Pending if expired(this.timer.as_mut(), this.limit.end, cx) => {
                this.body.set(None);
                let limit = this.timeout.limit;
                let about = About {
                    attempt: *this.attempt,
                    ..About::of(this.timeout.name)
                };
                let why = cut_off(Kind::TotalTimeout { limit }, about);
                Poll::Ready(this.timeout.absorb.absorb(why))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}
