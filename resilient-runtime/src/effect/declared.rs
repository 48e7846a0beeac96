//! A future that says its effect, and tells the attempt around it when a non-idempotent call starts.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::{Call, Effect};
#[cfg(feature = "runtime")]
use crate::context;

pin_project! {
    /// What an annotated function returns: its future and its effect.
    ///
    /// A non-idempotent call counts as started from its first poll on, and as lost until it is over, also when it is
    /// dropped; only an outcome that proves "not sent" takes it back.
    #[must_use = "a call does nothing unless it is awaited"]
    pub struct Declared<E, F> {
        started: bool,
        judged: bool,
        effect: PhantomData<fn() -> E>,
        #[pin]
        future: F,
    }
}

/// Generated code names the output `R`, so that a lifetime in it which is too short is reported where it is returned.
impl<E, F> Declared<E, F> {
    /// Nobody says what became of this call.
    #[inline]
    pub const fn new<R>(future: F) -> Self
    where
        F: Future<Output = R>,
    {
        Self {
            started: false,
            judged: false,
            effect: PhantomData,
            future,
        }
    }

    /// The future says what became of the call: a policy's does, and a [`watched`](super::watched) one.
    #[inline]
    pub const fn judged<R>(future: F) -> Self
    where
        F: Future<Output = R>,
    {
        Self {
            started: false,
            judged: true,
            effect: PhantomData,
            future,
        }
    }
}

impl<E: Effect, F: Future> Future for Declared<E, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        if !E::CLASS.is_non_idempotent() {
            return this.future.poll(cx);
        }
        if !*this.started {
            *this.started = true;
            started();
        }
        let polled = this.future.poll(cx);
        if *this.judged && polled.is_ready() {
            ended();
        }
        polled
    }
}

#[cfg(feature = "runtime")]
#[inline]
fn started() {
    context::mark_started();
}

#[cfg(feature = "runtime")]
#[inline]
fn ended() {
    context::mark_ended();
}

#[cfg(not(feature = "runtime"))]
fn started() {}

#[cfg(not(feature = "runtime"))]
fn ended() {}

#[diagnostic::do_not_recommend]
impl<E: Effect, F: Future> Call for Declared<E, F> {
    type Effect = E;
}
