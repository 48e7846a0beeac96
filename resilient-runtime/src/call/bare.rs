//! An attempt of a function whose only policy is `retry`: no gate, no timer, and no way to be rejected.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::answer::Verdict;
use super::run::Run;
use crate::clock::Stamp;
use crate::context;
use crate::event::{self, End, Event};

pin_project! {
    /// The future of one attempt without gates.
    #[must_use = "an attempt does nothing unless it is polled"]
    pub struct Bare<'a, F, J> {
        run: &'a mut Run,
        judge: J,
        stands: Stands,
        #[pin]
        body: F,
    }

    impl<F, J> PinnedDrop for Bare<'_, F, J> {
        fn drop(this: Pin<&mut Self>) {
            if this.stands == Stands::Running {
                ended(this.project().run, End::Dropped);
            }
        }
    }
}

/// Where the attempt stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    Start,
    Running,
    Over,
}

/// One attempt of a function that only repeats.
#[inline]
pub fn bare<F: Future, J: FnMut(&F::Output) -> Verdict>(
    run: &mut Run,
    body: F,
    judge: J,
) -> Bare<'_, F, J> {
    Bare {
        run,
        judge,
        stands: Stands::Start,
        body,
    }
}

impl<F: Future, J: FnMut(&F::Output) -> Verdict> Future for Bare<'_, F, J> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        this.run.look_around();
        if *this.stands == Stands::Start {
            *this.stands = Stands::Running;
            this.run.paid = false;
            // Without a policy that rejects there is nobody to say that it is too late: the caller will.
            let _in_time = this.run.begin_attempt();
        }
        let limit = this.run.deadline();
        let polled = poll_body(this.run, limit, this.body, cx);
        if let Poll::Ready(answer) = &polled {
            this.run.verdict = (this.judge)(answer);
            *this.stands = Stands::Over;
            finished(this.run);
        }
        polled
    }
}

/// Polls the user's future inside the call's context: deadline, key, retry depth, and the count of
/// non-idempotent calls it starts, which goes to the attempt around the call as well.
#[inline]
pub(super) fn poll_body<F: Future>(
    run: &mut Run,
    limit: Stamp,
    body: Pin<&mut F>,
    cx: &mut Context<'_>,
) -> Poll<F::Output> {
    let _deadline = (limit != Stamp::FOREVER).then(|| context::enter_deadline(limit));
    if !run.repeats() && !run.site.plan.vouched {
        return body.poll(cx);
    }
    let _retry = run.repeats().then(context::enter_retry);
    let _key = run.key.is_some().then(|| context::enter_key(&mut run.key));
    let _counting = Counting::of(&mut run.started, run.site.plan.vouched);
    body.poll(cx)
}

/// Counts the non-idempotent calls that one poll of an attempt starts; hands the count on when the poll is
/// over, also when it panics.
struct Counting<'a> {
    started: &'a mut u32,
    vouched: bool,
    inside: Option<context::Enter<context::Started>>,
}

impl<'a> Counting<'a> {
    #[inline]
    fn of(started: &'a mut u32, vouched: bool) -> Self {
        Self {
            inside: Some(context::enter_attempt(*started)),
            started,
            vouched,
        }
    }
}

impl Drop for Counting<'_> {
    #[inline]
    fn drop(&mut self) {
        let now = context::started();
        // The attempt around us counts again.
        self.inside = None;
        if !self.vouched {
            context::add_started(now.wrapping_sub(*self.started));
            *self.started = now;
        }
    }
}

/// Tells observers how the attempt ended.
#[inline]
pub(super) fn finished(run: &Run) {
    if event::listening() {
        ended(run, run.verdict.failure.map_or(End::Ok, End::Failed));
    }
}

/// The same for an attempt without an answer.
#[cold]
pub(super) fn ended(run: &Run, end: End) {
    event::emit(&Event::AttemptFinished {
        call: run.site.name,
        attempt: run.attempt,
        end,
    });
}
