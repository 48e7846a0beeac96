//! What an answer says by itself about its outcome, for functions whose policies do not ask.
//!
//! Goes in: an answer of any type. Comes out: why it failed, as far as that can be known. Refuses nothing: an
//! error that cannot be classified may stand for a call that was carried out.
//!
//! The choice is an inherent method winning over a trait's, and a method of a value over one of its reference.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::failure::{Classify, Failure};

/// An answer about to be looked at.
#[derive(Debug)]
pub struct Outcome<'a, R>(pub &'a R);

impl<T, E: Classify> Outcome<'_, Result<T, E>> {
    /// The error says it.
    #[inline]
    #[must_use]
    #[doc(hidden)]
    pub fn __failure(&self) -> Option<Failure> {
        self.0.as_ref().err().map(Classify::failure)
    }
}

/// An error that says nothing.
pub trait Mute {
    #[doc(hidden)]
    fn __failure(&self) -> Option<Failure>;
}

impl<T, E> Mute for Outcome<'_, Result<T, E>> {
    #[inline]
    fn __failure(&self) -> Option<Failure> {
        self.0.as_ref().err().map(|_| Failure::Unknown)
    }
}

/// An answer that cannot say that it failed.
pub trait Plain {
    #[doc(hidden)]
    #[inline]
    fn __failure(&self) -> Option<Failure> {
        None
    }
}

impl<R> Plain for &Outcome<'_, R> {}

pin_project! {
    /// A call without policies, whose outcome is told to the attempt around it.
    #[must_use = "a call does nothing unless it is awaited"]
    pub struct Watched<F, J> {
        judge: J,
        #[pin]
        future: F,
    }
}

/// Makes the future of a call that no policy judges.
#[inline]
pub fn watched<F, J>(future: F, judge: J) -> Watched<F, J>
where
    F: Future,
    J: FnMut(&F::Output) -> Option<Failure>,
{
    Watched { judge, future }
}

impl<F, J> Future for Watched<F, J>
where
    F: Future,
    J: FnMut(&F::Output) -> Option<Failure>,
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let polled = this.future.poll(cx);
        #[cfg(feature = "runtime")]
        if let Poll::Ready(answer) = &polled {
            crate::context::note_outcome((this.judge)(answer).as_ref());
        }
        #[cfg(not(feature = "runtime"))]
        let _ = this.judge;
        polled
    }
}
