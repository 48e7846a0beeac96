//! Answers that go on after their function has returned: a body that is still streaming.
//!
//! Goes in: a stream. Comes out: the same stream, which keeps the permit, the breaker's ticket and the deadline of the
//! call it was made in until its end. Refuses to go on beyond the deadline.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use pin_project_lite::pin_project;
use tokio::time::{Sleep, sleep_until};

use crate::clock::Stamp;
use crate::context::{self, Claim};
use crate::failure::{Classify, Failure};
use crate::rejected::{Kind, Rejected};
use crate::scope::{Contents, Scope};

/// Lets an annotated function return a stream that still belongs to the call.
///
/// ```
/// use futures_core::Stream;
/// use resilient_runtime::{Hold, Rejected, bulkhead, breaker, hold, read_only, timeout};
/// # use std::{io, pin::Pin, task::{Context, Poll}};
/// # struct Lines(u32);
/// # impl Stream for Lines {
/// #     type Item = io::Result<u32>;
/// #     fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<u32>>> {
/// #         self.0 += 1;
/// #         Poll::Ready((self.0 < 3).then(|| Ok(self.0)))
/// #     }
/// # }
///
/// #[read_only]
/// #[timeout("30s")]  // for all of it, not only for the head
/// #[breaker]         // hears how the stream ended
/// #[bulkhead(8)]     // eight downloads, not eight heads of downloads
/// async fn download() -> io::Result<Hold<Lines>> {
///     let response = Lines(0); // client.get(..).send().await?.bytes_stream()
///     Ok(hold(response))
/// }
/// # fn main() {}
/// ```
///
/// Call it in the body, and return what it gives. When the function answers, the permit and the ticket of the innermost
/// annotated function with a bulkhead or a breaker go with the stream instead of being given back:
///
/// * **The permit** is held until the stream has ended, failed, or been dropped.
/// * **The breaker** hears the outcome of the stream: its end is a success, the first error a failure of the class that
///   [`Classify`] gives it, a drop before the end a dropped call. The time counts as a whole, so `slow` should be meant for it.
/// * **The deadline** is the one of the body: the shortest of `attempt`, `total` and what the callers have. When it passes,
///   the stream is dropped, and its last item is [`BodyError::TimedOut`].
///
/// After an error the stream is over. A retry does not come back: it is decided at the head.
///
/// # Cancellation
///
/// Dropping it drops the stream and gives everything back. When the function fails after all, or is dropped, nothing is
/// held. Outside of a call it is the plain stream.
pub fn hold<S: Stream>(stream: S) -> Hold<S> {
    Hold {
        claim: Claim::new(true),
        deadline: context::deadline(),
        scope: Scope::current().into_contents(),
        timer: None,
        stream: Some(stream),
    }
}

pin_project! {
    /// A stream that belongs to its call; see [`hold`].
    #[must_use = "streams do nothing unless polled"]
    pub struct Hold<S> {
        claim: Arc<Claim>,
        deadline: Stamp,
        scope: Option<Arc<Contents>>,
        // Boxed, so that a stream that may be moved may still be.
        timer: Option<Pin<Box<Sleep>>>,
        #[pin]
        stream: Option<S>,
    }

    impl<S> PinnedDrop for Hold<S> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _inside = context::enter_scope(this.scope);
            // The stream before the permit: while it lives it still holds its connection.
            this.stream.set(None);
            drop(this.claim.end());
        }
    }
}

impl<S> Hold<S> {
    /// The stream is over, like this.
    fn over(self: Pin<&mut Self>, failure: Option<Failure>) {
        let mut this = self.project();
        this.stream.set(None);
        *this.timer = None;
        if let Some(holding) = this.claim.end() {
            let _inside = context::enter_scope(this.scope);
            holding.end(failure);
        }
    }

    /// Arms the timer the first time it is needed, and says whether its time has come.
    fn is_late(self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool {
        let this = self.project();
        if *this.deadline == Stamp::FOREVER {
            return false;
        }
        let at = this.deadline;
        let timer = this
            .timer
            .get_or_insert_with(|| Box::pin(sleep_until(at.to_instant())));
        timer.as_mut().poll(cx).is_ready()
    }
}

impl<S, T, E> Stream for Hold<S>
where
    S: Stream<Item = Result<T, E>>,
    E: Classify,
{
    type Item = Result<T, BodyError<E>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.as_mut().project();
        let polled = {
            let _scope = context::enter_scope(this.scope);
            let _deadline = context::enter_deadline(*this.deadline);
            let Some(stream) = this.stream.as_pin_mut() else {
                return Poll::Ready(None);
            };
            stream.poll_next(cx)
        };
        match polled {
            Poll::Ready(Some(Ok(item))) => Poll::Ready(Some(Ok(item))),
            Poll::Ready(Some(Err(error))) => {
                self.over(Some(error.failure()));
                Poll::Ready(Some(Err(BodyError::Failed(error))))
            }
            Poll::Ready(None) => {
                self.over(None);
                Poll::Ready(None)
            }
            Poll::Pending if self.as_mut().is_late(cx) => {
                self.over(Some(Failure::Unknown));
                let late = Rejected::sent(Kind::DeadlineExceeded, "hold");
                Poll::Ready(Some(Err(BodyError::TimedOut(late))))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

/// Why a held stream ended early.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyError<E> {
    /// The stream's own error.
    Failed(E),
    /// The deadline of the call that it belongs to passed.
    TimedOut(Rejected),
}

impl<E: Classify> Classify for BodyError<E> {
    fn failure(&self) -> Failure {
        match self {
            Self::Failed(error) => error.failure(),
            Self::TimedOut(late) => late.failure(),
        }
    }
}

impl<E: fmt::Display> fmt::Display for BodyError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) => error.fmt(f),
            Self::TimedOut(_) => f.write_str("the call's time was over before the stream ended"),
        }
    }
}

impl<E: std::error::Error + 'static> std::error::Error for BodyError<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Failed(error) => error.source(),
            Self::TimedOut(late) => Some(late),
        }
    }
}
