//! One attempt: gates, then the body under a timer that is armed only when the body is really pending.

use std::borrow::Borrow;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tokio::time::Sleep;

use super::answer::Verdict;
use super::bare::ended;
use super::gate::{Breaks, Gates, Limits, Paces};
use super::holding::abandon;
use super::inside::{Carrier, poll_body};
use super::open::{Opened, Phase, cancel, close, expired, open, refused, take};
use super::run::{By, Run};
use super::script::Played;
use crate::event::{End, NoHedge};
use crate::rejected::Rejected;

pin_project! {
    /// The future of one attempt.
    ///
    /// Dropped, it gives back its permit and its place in the queue, and the breaker counts a dropped call.
    #[must_use = "an attempt does nothing unless it is polled"]
    pub struct Attempt<R, G, B, L, K, F, J, A>
    where
        R: Carrier,
        B: Breaks,
        L: Paces,
        K: Limits,
    {
        run: R,
        gates: G,
        phase: Phase<B, L, K>,
        judge: J,
        absorb: A,
        #[pin]
        timer: Option<Sleep>,
        #[pin]
        body: Option<F>,
    }

    impl<R, G, B, L, K, F, J, A> PinnedDrop for Attempt<R, G, B, L, K, F, J, A>
    where
        R: Carrier,
        B: Breaks,
        L: Paces,
        K: Limits,
    {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if this.phase.is_running() {
                dropped((*this.run).borrow_mut(), this.phase, this.body);
            }
        }
    }
}

/// Its caller gave up.
#[cold]
fn dropped<B: Breaks, L: Paces, K: Limits, F>(
    run: &mut Run,
    phase: &mut Phase<B, L, K>,
    mut body: Pin<&mut Option<F>>,
) {
    // The body before the permit: while it lives it still holds its connection.
    body.set(None);
    if run.tasks.are_claiming() {
        abandon(run, phase);
    }
    *phase = Phase::Over;
    ended(run, End::Dropped);
}

/// One attempt of a layered function, or one lane of it; `gates` and `run` belong to the layers around it.
#[expect(
    clippy::type_complexity,
    reason = "one parameter for each policy, and no alias would say more"
)]
#[inline]
pub fn attempt<R, B: Breaks, L: Paces, K: Limits, F, J, A>(
    run: R,
    gates: &Gates<B, L, K>,
    body: F,
    judge: J,
    absorb: A,
) -> Attempt<R, &Gates<B, L, K>, B, L, K, F, J, A>
where
    R: Carrier,
    F: Future,
    J: FnMut(&F::Output) -> Verdict,
    A: FnMut(Rejected) -> F::Output,
{
    Attempt::new(run, gates, body, judge, absorb)
}

impl<R: Carrier, G, B: Breaks, L: Paces, K: Limits, F, J, A> Attempt<R, G, B, L, K, F, J, A> {
    #[inline]
    pub(super) fn new(run: R, gates: G, body: F, judge: J, absorb: A) -> Self {
        Self {
            run,
            gates,
            phase: Phase::Start,
            judge,
            absorb,
            timer: None,
            body: Some(body),
        }
    }

    /// The only attempt is the call.
    #[inline]
    pub(super) fn over(self: Pin<&mut Self>) {
        let run: &mut Run = self.project().run.borrow_mut();
        run.heard.keep(|| run.verdict.end());
        run.heard.over(run.site);
    }

    /// How it ended.
    #[inline]
    pub(super) fn verdict(self: Pin<&mut Self>) -> &Verdict {
        let run: &Run = (*self.project().run).borrow();
        &run.verdict
    }
}

/// What a lane is asked beside being polled.
impl<R, G, B, L, K, F, J, A> Attempt<R, G, B, L, K, F, J, A>
where
    R: Carrier,
    G: Borrow<Gates<B, L, K>>,
    B: Breaks,
    L: Paces,
    K: Limits,
{
    #[inline]
    pub(super) fn carrier(&self) -> &R {
        &self.run
    }

    #[inline]
    pub(super) fn carrier_mut(self: Pin<&mut Self>) -> &mut R {
        self.project().run
    }

    #[inline]
    pub(super) fn is_running(&self) -> bool {
        self.phase.is_running()
    }

    /// Goes through the gates before the first poll, if nothing stands in the way.
    pub(super) fn take_free(&mut self) -> Result<(), NoHedge> {
        take(self.run.borrow_mut(), self.gates.borrow(), &mut self.phase)
    }

    /// Ends it without an answer, as if it had never been.
    pub(super) fn give_up(self: Pin<&mut Self>) {
        let mut this = self.project();
        // The body before the permit: while it lives it still holds its connection.
        this.body.set(None);
        cancel(this.run.borrow_mut(), (*this.gates).borrow(), this.phase);
    }
}

impl<R, G, B, L, K, F, J, A> Future for Attempt<R, G, B, L, K, F, J, A>
where
    R: Carrier,
    G: Borrow<Gates<B, L, K>>,
    B: Breaks,
    L: Paces,
    K: Limits,
    F: Future,
    J: FnMut(&F::Output) -> Verdict,
    A: FnMut(Rejected) -> F::Output,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let run: &mut Run = this.run.borrow_mut();
        let gates: &Gates<B, L, K> = (*this.gates).borrow();
        run.look_around();
        if !this.phase.is_running() {
            match open::<R, B, L, K>(run, gates, this.phase, this.timer.as_mut(), cx) {
                Opened::Open => {}
                Opened::Pending => return Poll::Pending,
                Opened::Refused => {
                    let why = refused(run, this.phase);
                    this.body.set(None);
                    return Poll::Ready((this.absorb)(why));
                }
            }
        }
        let Some(body) = this.body.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        let limit = run.limit;
        let played = run.script.play(run.site.name, cx);
        let polled = match played {
            // Without a permit or a ticket there is nothing that could outlive the body.
            Played::Body => poll_body::<R, F>(run, B::PRESENT || K::PRESENT, limit, body, cx),
            Played::Waits => Poll::Pending,
            Played::Ends(why) => Poll::Ready((this.absorb)(why)),
        };
        // The answer stays where it is: moved out and in again it would be copied twice.
        match &polled {
            Poll::Ready(answer) => {
                run.judged((this.judge)(answer));
                run.script.overrule(&mut run.verdict);
                // The body before the permit: while it lives it still holds its connection.
                this.body.set(None);
            }
            Poll::Pending if run.whose_limit() == By::Nobody => return Poll::Pending,
            Poll::Pending if expired(this.timer.as_mut(), run.limit, cx) => {
                this.body.set(None);
                let answer = (this.absorb)(run.cut_off());
                if run.site.plan.noted.is_some() {
                    run.unsent((this.judge)(&answer));
                }
                close(run, gates, this.phase);
                return Poll::Ready(answer);
            }
            Poll::Pending => return Poll::Pending,
        }
        close(run, gates, this.phase);
        polled
    }
}
