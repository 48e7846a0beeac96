//! What one attempt of a call by hand really sends.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::frame::Frame;
use super::judge::Judge;
use super::logical::LogicalCall;
use crate::call::Answer;
use crate::event::{self, End, Event};
use crate::trace::{self, Spans};

/// Marks what an attempt of a [`LogicalCall`] sends: events and spans of attempts are about this, whatever stands around it.
///
/// [`LogicalCall::run`] hands it out. A policy that refuses stands around it, so that a refusal is no attempt.
#[derive(Debug)]
pub struct Body<'a, J>(pub(super) &'a LogicalCall<J>);

impl<J> Clone for Body<'_, J> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<J> Copy for Body<'_, J> {}

impl<'a, J> Body<'a, J> {
    /// The future of one attempt.
    ///
    /// Dropped while it runs, it says so with [`End::Dropped`]; never polled, it says nothing.
    pub fn run<R, F>(self, body: F) -> impl Future<Output = R> + use<'a, R, F, J>
    where
        R: Answer,
        F: Future<Output = R>,
        J: Judge<R>,
    {
        Attempting {
            call: self.0,
            attempt: 0,
            heard: None,
            body: Some(body),
        }
    }
}

pin_project! {
    struct Attempting<'a, J, F> {
        call: &'a LogicalCall<J>,
        // From 1; 0 before the first poll.
        attempt: u32,
        // Until its end was told; none when nobody listened at its beginning.
        heard: Option<Box<Spans>>,
        #[pin]
        body: Option<F>,
    }

    impl<J, F> PinnedDrop for Attempting<'_, J, F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            this.body.set(None);
            if let Some(spans) = this.heard.take() {
                ended(this.call, *this.attempt, *spans, End::Dropped);
            }
        }
    }
}

#[cold]
fn began<J>(call: &LogicalCall<J>, attempt: u32, last: bool) -> Spans {
    let spans = Spans::of_attempt(attempt, last);
    {
        let _span = spans.enter();
        event::observe(&Event::AttemptStarted {
            call: call.name(),
            dependency: call.whose(),
            attempt,
        });
    }
    spans
}

#[cold]
fn ended<J>(call: &LogicalCall<J>, attempt: u32, mut spans: Spans, end: End) {
    // Another lane has answered, and whoever drops this one says so.
    if !Frame::current().cancelling {
        let _span = spans.enter();
        event::observe(&Event::AttemptFinished {
            call: call.name(),
            dependency: call.whose(),
            attempt,
            end,
        });
    }
    spans.end_attempt(end);
}

impl<J, F> Future for Attempting<'_, J, F>
where
    F: Future<Output: Answer>,
    J: Judge<F::Output>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        if *this.attempt == 0 {
            let frame = Frame::current();
            *this.attempt = frame.attempt.max(1);
            Frame::note(|frame| frame.bodies = frame.bodies.saturating_add(1));
            if event::listening() || trace::wanted() {
                let spans = began(this.call, *this.attempt, frame.last);
                *this.heard = Some(Box::new(spans));
            }
        }
        let Some(body) = this.body.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        let polled = {
            let mut own = Frame::NONE;
            let _own_affair = own.enter();
            let _span = this.heard.as_ref().map(|spans| spans.enter());
            body.poll(cx)
        };
        if let Poll::Ready(answer) = &polled {
            this.body.set(None);
            if let Some(spans) = this.heard.take() {
                let end = this.call.judge.judge(answer).end();
                ended(this.call, *this.attempt, *spans, end);
            }
        }
        polled
    }
}
