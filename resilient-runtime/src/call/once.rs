//! A call that is not repeated: the body's future is polled in place, behind its gates and under its timer.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::answer::Verdict;
use super::attempt::Attempt;
use super::gate::{Breaks, Gates, Limits, Paces};
use super::run::Run;
use super::site::Site;
use crate::context;
use crate::rejected::Rejected;

pin_project! {
    /// The future of a call that is not repeated.
    #[must_use = "a call does nothing unless it is awaited"]
    pub struct Once<B: Breaks, L: Paces, K: Limits, F, J, A> {
        #[pin]
        attempt: Attempt<Run, Gates<B, L, K>, B, L, K, F, J, A>,
    }
}

/// Makes the future of a call that is not repeated; nothing starts before it is polled.
#[inline]
pub fn once<B: Breaks, L: Paces, K: Limits, F, J, A>(
    site: &'static Site,
    gates: Gates<B, L, K>,
    body: F,
    judge: J,
    absorb: A,
) -> Once<B, L, K, F, J, A>
where
    F: Future,
    J: FnMut(&F::Output) -> Verdict,
    A: FnMut(Rejected) -> F::Output,
{
    Once {
        attempt: Attempt::new(site.start(), gates, body, judge, absorb),
    }
}

impl<B, L, K, F, J, A> Future for Once<B, L, K, F, J, A>
where
    B: Breaks,
    L: Paces,
    K: Limits,
    F: Future,
    J: FnMut(&F::Output) -> Verdict,
    A: FnMut(Rejected) -> F::Output,
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut attempt = self.project().attempt;
        let polled = attempt.as_mut().poll(cx);
        if polled.is_ready() {
            context::note_outcome(attempt.as_mut().verdict().failure.as_ref());
            attempt.over();
        }
        polled
    }
}
