//! An attempt of a function with layers and nothing else, as `retry` alone: no gate, no timer, and no way to be rejected.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::answer::Verdict;
use super::inside::{Carrier, poll_counted};
use super::run::Run;
use super::script::Played;
use crate::event::{self, End};
use crate::rejected::Rejected;

pin_project! {
    /// The future of one attempt without gates.
    #[must_use = "an attempt does nothing unless it is polled"]
    pub struct Bare<R: Carrier, F, J> {
        run: R,
        judge: J,
        stands: Stands,
        #[pin]
        body: F,
    }

    impl<R: Carrier, F, J> PinnedDrop for Bare<R, F, J> {
        fn drop(this: Pin<&mut Self>) {
            if this.stands == Stands::Running {
                ended(this.project().run.borrow_mut(), End::Dropped);
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

/// One attempt of a function without gates.
#[inline]
pub fn bare<R: Carrier, F: Future, J: FnMut(&F::Output) -> Verdict>(
    run: R,
    body: F,
    judge: J,
) -> Bare<R, F, J> {
    Bare {
        run,
        judge,
        stands: Stands::Start,
        body,
    }
}

/// What a lane is asked beside being polled.
impl<R: Carrier, F, J> Bare<R, F, J> {
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
        self.stands == Stands::Running
    }

    /// A hedge has begun with its call.
    pub(super) fn begin(&mut self) {
        self.stands = Stands::Running;
        let run: &mut Run = self.run.borrow_mut();
        run.started_body();
    }

    /// Ends it without an answer, as if it had never been.
    pub(super) fn give_up(self: Pin<&mut Self>) {
        *self.project().stands = Stands::Over;
    }
}

impl<R: Carrier, F: Future, J: FnMut(&F::Output) -> Verdict> Future for Bare<R, F, J> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let run: &mut Run = this.run.borrow_mut();
        run.look_around();
        if *this.stands == Stands::Start {
            *this.stands = Stands::Running;
            run.paid = false;
            // Without a policy that rejects there is nobody to say that it is too late: the caller will.
            let _in_time = run.begin_attempt::<R>(false);
            run.started_body();
        }
        let limit = run.deadline();
        let name = run.site.name;
        let polled = match run.script.play(name, cx) {
            Played::Body => poll_counted(run, limit, this.body, cx),
            Played::Waits => Poll::Pending,
            Played::Ends(why) => cannot_end(name, &why),
        };
        if let Poll::Ready(answer) = &polled {
            run.judged((this.judge)(answer));
            *this.stands = Stands::Over;
            finished(run);
        }
        polled
    }
}

/// A function without a way to be rejected cannot return what a script says.
#[cold]
fn cannot_end(call: &str, why: &Rejected) -> ! {
    panic!(
        "a script cannot end an attempt of `{call}` ({:?}): `retry` alone asks nothing of the error type, so there is no way to \
         make an error of a rejection. Script the function that it awaits, or give it a `#[timeout]`; delays, hangs and panics \
         can be scripted here too",
        why.kind()
    )
}

/// Tells how the attempt ended.
#[inline]
pub(super) fn finished(run: &mut Run) {
    if run.heard.is_on() || event::listening() {
        let end = run.verdict.end();
        run.attempt_ended(end);
    }
}

/// The same for an attempt without an answer.
#[cold]
pub(super) fn ended(run: &mut Run, end: End) {
    run.attempt_ended(end);
}
