//! A future with a deadline: inherited by the annotated calls in it, and kept by it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tokio::time::{Sleep, sleep_until};

use crate::clock::Stamp;
use crate::context;
use crate::effect::Call;
use crate::rejected::{Kind, Rejected};

/// What the rejection is called by: there is no annotated function.
const NAME: &str = "Deadline::run";

pin_project! {
    /// A future that has to be over in time; see [`Deadline::run`](super::Deadline::run).
    #[must_use = "futures do nothing unless polled"]
    pub struct Limited<F> {
        deadline: Stamp,
        begun: bool,
        #[pin]
        timer: Option<Sleep>,
        #[pin]
        future: Option<F>,
    }
}

impl<F> Limited<F> {
    pub(super) const fn new(deadline: Stamp, future: F) -> Self {
        Self {
            deadline,
            begun: false,
            timer: None,
            future: Some(future),
        }
    }
}

impl<F: Future> Future for Limited<F> {
    type Output = Result<F::Output, Rejected>;

    /// # Panics
    ///
    /// When polled after it was ready.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let _inside = context::enter_deadline(*this.deadline);
        // Without a deadline there is no clock to read.
        if !*this.begun && *this.deadline != Stamp::FOREVER && Stamp::now() >= *this.deadline {
            this.future.set(None);
            return Poll::Ready(Err(Rejected::unsent(Kind::DeadlineExceeded, NAME)));
        }
        *this.begun = true;
        let future = this.future.as_mut().as_pin_mut();
        let polled = future.expect("polled after it was ready").poll(cx);
        if let Poll::Ready(output) = polled {
            this.future.set(None);
            return Poll::Ready(Ok(output));
        }
        if *this.deadline == Stamp::FOREVER {
            return Poll::Pending;
        }
        if this.timer.is_none() {
            this.timer
                .set(Some(sleep_until(this.deadline.to_instant())));
        }
        let timer = this.timer.as_mut().as_pin_mut();
        if timer.is_some_and(|timer| timer.poll(cx).is_ready()) {
            this.future.set(None);
            return Poll::Ready(Err(Rejected::sent(Kind::DeadlineExceeded, NAME)));
        }
        Poll::Pending
    }
}

/// A deadline changes when a call ends, not what it does.
#[diagnostic::do_not_recommend]
impl<C: Call> Call for Limited<C> {
    type Effect = C::Effect;
}
