//! What `confirm` and `cancel` have to be, checked by the compiler; and how their answers are read.

use std::convert::Infallible;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::call::Answer;
use crate::effect::{AtMost, Call, Idempotent, ReadOnly};

/// What `confirm` may do to the service: read.
#[diagnostic::on_unimplemented(
    message = "`confirm` must be read-only, and this function is not",
    label = "`{Self}`, where only a read is allowed",
    note = "it is asked again and again while the outcome is unknown: at run time each question would do to the service what this function does",
    note = "name a function declared `#[read_only]` that looks the call up by its key"
)]
pub trait Confirms {}
#[diagnostic::do_not_recommend]
impl<E: AtMost<ReadOnly>> Confirms for E {}

/// What `cancel` may do to the service: the same, however often it is sent.
#[diagnostic::on_unimplemented(
    message = "`cancel` must be idempotent, and this function is not",
    label = "`{Self}`, which must not be sent twice",
    note = "a cancel whose answer is lost is sent again: at run time the money would be paid back once for every time it is sent",
    note = "name a function declared `#[idempotent]` that cancels the call by its key"
)]
pub trait Cancels {}
#[diagnostic::do_not_recommend]
impl<E: AtMost<Idempotent>> Cancels for E {}

/// Hands on a call of `confirm(path)`.
#[inline]
pub fn confirms<R, C>(call: C) -> C
where
    R: Answer,
    C: Call<Effect: Confirms, Output: Confirmation<R::Ok>>,
{
    call
}

/// Hands on a call of `cancel(path)`.
#[inline]
pub fn cancels<C: Call<Effect: Cancels, Output: Cancellation>>(call: C) -> C {
    call
}

/// What `confirm` resolves to: whether the service carried the call out, and its answer.
#[diagnostic::on_unimplemented(
    message = "`confirm` returns `{Self}`",
    label = "not a `Result<Option<{T}>, _>`",
    note = "`Ok(Some(answer))`: the call was carried out, and the function returns this answer; `Ok(None)`: the service does not know the call; \
            `Err(_)`: nobody can say"
)]
pub trait Confirmation<T> {
    /// None when nobody can say.
    fn found(self) -> Option<Option<T>>;
}

impl<T, E> Confirmation<T> for Result<Option<T>, E> {
    fn found(self) -> Option<Option<T>> {
        self.ok()
    }
}

/// What `cancel` resolves to.
#[diagnostic::on_unimplemented(
    message = "`cancel` returns `{Self}`",
    label = "not a `Result<_, _>`",
    note = "`Ok(_)`: the call was cancelled, or was never carried out; `Err(_)`: it was not cancelled"
)]
pub trait Cancellation {
    /// Whether the call was cancelled.
    fn done(self) -> bool;
}

impl<T, E> Cancellation for Result<T, E> {
    fn done(self) -> bool {
        self.is_ok()
    }
}

/// The call of a remedy that the function does not have.
#[derive(Debug)]
pub struct Unasked<T>(PhantomData<fn() -> T>);

/// Stands where the path of a remedy would be called.
#[must_use]
pub const fn unasked<T>() -> Unasked<T> {
    Unasked(PhantomData)
}

/// Never ready, and never polled: only remedies that are there are asked.
impl<T> Future for Unasked<T> {
    type Output = Result<Option<T>, Infallible>;
    fn poll(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Pending
    }
}
