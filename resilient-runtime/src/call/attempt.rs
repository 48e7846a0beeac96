//! One attempt: gates, then the body under a timer that is armed only when the body is really pending.

use std::borrow::{Borrow, BorrowMut};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tokio::time::Sleep;

use super::answer::Verdict;
use super::bare::{ended, finished, poll_body};
use super::gate::{Breaks, Gates, Limits};
use super::open::{Opened, Phase, expired, finish, open};
use super::run::{By, Limit, Run};
use crate::event::End;
use crate::failure::{Classify, Failure};
use crate::rejected::Rejected;

/// What became of one attempt.
#[derive(Debug)]
#[must_use = "an attempt that is not settled loses its answer"]
pub struct Attempted<R> {
    pub(super) answer: R,
    pub(super) verdict: Verdict,
    /// The body was never polled: no attempt was made.
    pub(super) refused: bool,
}

pin_project! {
    /// The future of one attempt.
    ///
    /// Dropped, it gives back its permit and its place in the queue, and the breaker counts a dropped call.
    #[must_use = "an attempt does nothing unless it is polled"]
    pub struct Attempt<R, G, B, K, F, J, A>
    where
        R: BorrowMut<Run>,
        B: Breaks,
        K: Limits,
    {
        run: R,
        gates: G,
        phase: Phase<B, K>,
        limit: Limit,
        judge: J,
        absorb: A,
        #[pin]
        timer: Option<Sleep>,
        #[pin]
        body: Option<F>,
    }

    impl<R, G, B, K, F, J, A> PinnedDrop for Attempt<R, G, B, K, F, J, A>
    where
        R: BorrowMut<Run>,
        B: Breaks,
        K: Limits,
    {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if matches!(this.phase, Phase::Running { .. }) {
                // The body before the permit: while it lives it still holds its connection.
                this.body.set(None);
                *this.phase = Phase::Over;
                ended((*this.run).borrow(), End::Dropped);
            }
        }
    }
}

/// One attempt of a function that repeats; `gates` and `run` belong to its loop.
#[inline]
pub fn attempt<'a, B: Breaks, K: Limits, F, J, A>(
    run: &'a mut Run,
    gates: &'a Gates<B, K>,
    body: F,
    judge: J,
    absorb: A,
) -> Attempt<&'a mut Run, &'a Gates<B, K>, B, K, F, J, A>
where
    F: Future,
    J: FnMut(&F::Output) -> Verdict,
    A: FnMut(Rejected) -> F::Output,
{
    Attempt::new(run, gates, body, judge, absorb)
}

impl<R: BorrowMut<Run>, G, B: Breaks, K: Limits, F, J, A> Attempt<R, G, B, K, F, J, A> {
    #[inline]
    pub(super) fn new(run: R, gates: G, body: F, judge: J, absorb: A) -> Self {
        let limit = Limit::NONE;
        Self {
            run,
            gates,
            phase: Phase::Start,
            limit,
            judge,
            absorb,
            timer: None,
            body: Some(body),
        }
    }
}

impl<R, G, B, K, F, J, A> Future for Attempt<R, G, B, K, F, J, A>
where
    R: BorrowMut<Run>,
    G: Borrow<Gates<B, K>>,
    B: Breaks,
    K: Limits,
    F: Future,
    J: FnMut(&F::Output) -> Verdict,
    A: FnMut(Rejected) -> F::Output,
{
    type Output = Attempted<F::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let run: &mut Run = this.run.borrow_mut();
        let gates: &Gates<B, K> = (*this.gates).borrow();
        if !matches!(this.phase, Phase::Running { .. }) {
            match open(run, gates, this.phase, this.timer.as_mut(), cx) {
                Opened::Open => {
                    run.paid = false;
                    *this.limit = run.limit();
                }
                Opened::Pending => return Poll::Pending,
                Opened::Refused(kind) => {
                    *this.phase = Phase::Over;
                    this.body.set(None);
                    let rejected = run.refused(kind);
                    let verdict = Verdict::failed(rejected.failure());
                    return Poll::Ready(Attempted {
                        answer: (this.absorb)(rejected),
                        verdict,
                        refused: true,
                    });
                }
            }
        }
        let Some(body) = this.body.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        let (answer, verdict) = match poll_body(run, this.limit.at, body, cx) {
            Poll::Ready(answer) => {
                let verdict = (this.judge)(&answer);
                this.body.set(None);
                (answer, verdict)
            }
            Poll::Pending if this.limit.by == By::Nobody => return Poll::Pending,
            Poll::Pending if expired(this.timer.as_mut(), this.limit.at, cx) => {
                // The body before the permit: while it lives it still holds its connection.
                this.body.set(None);
                (
                    (this.absorb)(run.cut_off(this.limit.by)),
                    Verdict::failed(Failure::Unknown),
                )
            }
            Poll::Pending => return Poll::Pending,
        };
        finish(run, gates, this.phase, verdict);
        finished(run, verdict);
        Poll::Ready(Attempted {
            answer,
            verdict,
            refused: false,
        })
    }
}
