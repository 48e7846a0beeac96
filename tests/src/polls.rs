//! A future that is given up after so many polls.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

/// Polls a future so many times at most, each time when it asks to be polled, and then drops it.
///
/// Ready with its answer, or with nothing when it was given up. None is polled zero times: it is dropped unpolled.
pub async fn give_up_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    struct Counted<F> {
        left: usize,
        future: Pin<Box<F>>,
    }
    impl<F: Future> Future for Counted<F> {
        type Output = Option<F::Output>;
        fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
            if self.left == 0 {
                return Poll::Ready(None);
            }
            self.left -= 1;
            match self.future.as_mut().poll(cx) {
                Poll::Ready(answer) => Poll::Ready(Some(answer)),
                Poll::Pending if self.left == 0 => Poll::Ready(None),
                Poll::Pending => Poll::Pending,
            }
        }
    }
    Counted {
        left: polls,
        future: Box::pin(future),
    }
    .await
}

/// Polls a future once, without anybody to wake.
pub fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}
