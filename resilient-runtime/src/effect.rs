//! What a call does to the world, as types: the vocabulary of the effect checker.
//!
//! An annotated `async fn` returns `impl Call<Output = .., Effect = ..>`: an ordinary future that
//! also says its effect, so that the compiler can refuse to repeat what must not be repeated,
//! through functions, generics, traits and crates. Nothing here needs a runtime: a library can
//! declare its effects without pulling tokio.

mod arms;
mod awaiting;
mod declared;
mod forward;
#[cfg(feature = "futures")]
mod forward_futures;
mod outcome;

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

#[doc(hidden)]
pub use arms::{Arms, SilentArms};
pub use awaiting::{Awaiting, DeclaresEffect, DeclaresProvider, DeclaresSafe, Silent};
pub use declared::Declared;
#[cfg(feature = "futures")]
pub use forward_futures::CallStream;
pub use outcome::{Mute, Outcome, Plain, Watched, watched};

/// Only reads: doing it twice, or not at all, changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadOnly;

/// Changes something, and doing it twice leaves the same state as doing it once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Idempotent;

/// Every execution counts: a payment, an order, a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NonIdempotent;

/// An effect `E` of a function that already repeats its body, so that retries do not multiply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retried<E>(PhantomData<E>);

/// The effect as a value, for the run time; ordered like the effects.
///
/// No enum: variants named like the effect types would make rustc print the types with their whole paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Class(u8);

impl Class {
    /// See [`ReadOnly`].
    pub const READ_ONLY: Self = Self(0);
    /// See [`Idempotent`].
    pub const IDEMPOTENT: Self = Self(1);
    /// See [`NonIdempotent`].
    pub const NON_IDEMPOTENT: Self = Self(2);

    /// The effect in one word, as its attribute is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self.0 {
            0 => "read_only",
            1 => "idempotent",
            _ => "non_idempotent",
        }
    }

    /// Whether every execution counts.
    #[must_use]
    pub const fn is_non_idempotent(self) -> bool {
        self.0 == Self::NON_IDEMPOTENT.0
    }
}

/// One of [`ReadOnly`], [`Idempotent`], [`NonIdempotent`], or a [`Retried`] one of them.
pub trait Effect {
    /// The effect as a value.
    const CLASS: Class;
}

impl Effect for ReadOnly {
    const CLASS: Class = Class::READ_ONLY;
}
impl Effect for Idempotent {
    const CLASS: Class = Class::IDEMPOTENT;
}
impl Effect for NonIdempotent {
    const CLASS: Class = Class::NON_IDEMPOTENT;
}
#[diagnostic::do_not_recommend]
impl<E: Effect> Effect for Retried<E> {
    const CLASS: Class = E::CLASS;
}

/// A future that says what it does to the world.
///
/// This is what an annotated `async fn` returns. It is awaited like any other future; the
/// [`Effect`](Call::Effect) is [`ReadOnly`], [`Idempotent`] or [`NonIdempotent`], wrapped in
/// [`Retried`] when the function repeats its body itself.
///
/// Dropping the future cancels the call; a [`NonIdempotent`] one that had started may have been
/// carried out all the same.
#[diagnostic::on_unimplemented(
    message = "this call does not say what it does to the service",
    label = "its effect is not declared",
    note = "without a declared effect nobody can tell whether it may be repeated",
    note = "put `#[read_only]`, `#[idempotent]` or `#[non_idempotent]` on the function or method"
)]
#[must_use = "a call does nothing unless it is awaited"]
pub trait Call: Future {
    /// What the call does to the world.
    type Effect: Effect;
}

/// The order of effects: [`ReadOnly`] < [`Idempotent`] < [`NonIdempotent`].
///
/// An annotated function may only await calls whose effect is at most its own.
#[diagnostic::on_unimplemented(
    message = "this call is not `{Own}`, but the function around it says that it is",
    label = "this call may do more than that",
    note = "the function may be repeated as a whole: at run time the service would carry out this call once for every attempt",
    note = "declare the function `#[non_idempotent]` and retry it with `retry(not_sent)`, or make the call repeatable with an idempotency key;\nif repeating this call is harmless, write `assume_idempotent(..).await` or `assume_read_only(..).await`"
)]
pub trait AtMost<Own>: Effect {}

#[diagnostic::do_not_recommend]
impl AtMost<ReadOnly> for ReadOnly {}
#[diagnostic::do_not_recommend]
impl AtMost<Idempotent> for ReadOnly {}
#[diagnostic::do_not_recommend]
impl AtMost<NonIdempotent> for ReadOnly {}
#[diagnostic::do_not_recommend]
impl AtMost<Idempotent> for Idempotent {}
#[diagnostic::do_not_recommend]
impl AtMost<NonIdempotent> for Idempotent {}
#[diagnostic::do_not_recommend]
impl AtMost<NonIdempotent> for NonIdempotent {}
// As true as useless: with one impl only, rustc would advise to use that one.
#[diagnostic::do_not_recommend]
impl AtMost<Retried<NonIdempotent>> for NonIdempotent {}
#[diagnostic::do_not_recommend]
impl<E: AtMost<Own>, Own> AtMost<Own> for Retried<E> {}

/// The upper bound of a trait method declared `#[read_only]`: an implementation may only read.
///
/// The three bounds imply whatever a caller that only knows the trait needs to prove.
#[diagnostic::on_unimplemented(
    message = "this implementation does more to the service than its trait allows",
    label = "this method is `{Self}`, its trait says `#[read_only]`",
    note = "callers that only know the trait would repeat it: the service would carry it out once for every attempt",
    note = "declare the larger effect on the trait's method"
)]
pub trait UpToReadOnly: UpToIdempotent + AtMost<ReadOnly> {}
#[diagnostic::do_not_recommend]
impl UpToReadOnly for ReadOnly {}
#[diagnostic::do_not_recommend]
impl<E: UpToReadOnly> UpToReadOnly for Retried<E> {}

/// The upper bound of a trait method declared `#[idempotent]`: an implementation may do less.
#[diagnostic::on_unimplemented(
    message = "this implementation does more to the service than its trait allows",
    label = "this method is `{Self}`, its trait says `#[idempotent]`",
    note = "callers that only know the trait would repeat it: the service would carry it out once for every attempt",
    note = "declare the trait's method `#[non_idempotent]`, or make the implementation repeatable, say with an idempotency key"
)]
pub trait UpToIdempotent:
    UpToNonIdempotent + AtMost<Idempotent> + Harmless + SafeToPrecede
{
}
#[diagnostic::do_not_recommend]
impl UpToIdempotent for ReadOnly {}
#[diagnostic::do_not_recommend]
impl UpToIdempotent for Idempotent {}
#[diagnostic::do_not_recommend]
impl<E: UpToIdempotent> UpToIdempotent for Retried<E> {}

/// The upper bound of a trait method declared `#[non_idempotent]`: any effect will do.
pub trait UpToNonIdempotent: AtMost<NonIdempotent> {}
#[diagnostic::do_not_recommend]
impl<E: AtMost<NonIdempotent>> UpToNonIdempotent for E {}

/// Effects that a function without a declared effect may await: all but non-idempotent ones.
#[diagnostic::on_unimplemented(
    message = "a non-idempotent call is awaited in a function that does not declare its effect",
    label = "this call is `{Self}`",
    note = "callers would take the function for harmless: a retry around it would have the service carry out this call once for every attempt",
    note = "put `#[non_idempotent]` on the function, or write `assume_idempotent(..).await` if repeating this call is harmless"
)]
pub trait Harmless: Effect {}
#[diagnostic::do_not_recommend]
impl Harmless for ReadOnly {}
#[diagnostic::do_not_recommend]
impl Harmless for Idempotent {}
#[diagnostic::do_not_recommend]
impl<E: Harmless> Harmless for Retried<E> {}

/// Effects of calls that do not repeat their body themselves.
#[diagnostic::on_unimplemented(
    message = "a retried call is awaited inside a retry",
    label = "this call already repeats its body",
    note = "the attempts multiply: at run time 3 attempts of 3 attempts send 9 requests to a service that is already failing",
    note = "keep `retry` on one of the two functions; if the multiplication is wanted, write `allow(nested)` in the outer `retry`"
)]
pub trait Unrepeated: Effect {}
#[diagnostic::do_not_recommend]
impl Unrepeated for ReadOnly {}
#[diagnostic::do_not_recommend]
impl Unrepeated for Idempotent {}
#[diagnostic::do_not_recommend]
impl Unrepeated for NonIdempotent {}

/// Implemented by [`Retried`] alone; lets the check pick out calls that certainly repeat.
pub trait Repeats: Effect {}
#[diagnostic::do_not_recommend]
impl<E: Effect> Repeats for Retried<E> {}

/// Effects that may precede the one call a `retry(not_sent)` is about.
#[diagnostic::on_unimplemented(
    message = "`retry(not_sent)` around several calls, and this one is not the last of them",
    label = "this call is `{Self}`",
    note = "when a later call is not sent, the retry repeats this one too, which may have succeeded already: the service would carry it out twice",
    note = "move `retry(not_sent)` to a function that makes one call only, or write `assume_idempotent(..).await` if repeating this call is harmless"
)]
pub trait SafeToPrecede: Effect {}
#[diagnostic::do_not_recommend]
impl SafeToPrecede for ReadOnly {}
#[diagnostic::do_not_recommend]
impl SafeToPrecede for Idempotent {}
#[diagnostic::do_not_recommend]
impl<E: SafeToPrecede> SafeToPrecede for Retried<E> {}

/// The larger of two effects; what a future that drives two calls does.
pub trait Or<Other: Effect>: Effect {
    /// The larger one.
    type Larger: Effect;
}
impl<O: Effect> Or<O> for ReadOnly {
    type Larger = O;
}
impl Or<ReadOnly> for Idempotent {
    type Larger = Idempotent;
}
impl Or<Idempotent> for Idempotent {
    type Larger = Idempotent;
}
impl Or<NonIdempotent> for Idempotent {
    type Larger = NonIdempotent;
}
impl<E: Effect> Or<Retried<E>> for Idempotent
where
    Idempotent: Or<E>,
{
    type Larger = Retried<<Idempotent as Or<E>>::Larger>;
}
impl<O: Effect> Or<O> for NonIdempotent {
    type Larger = NonIdempotent;
}
impl<E: Effect + Or<O>, O: Effect> Or<O> for Retried<E> {
    type Larger = Retried<E::Larger>;
}

pin_project_lite::pin_project! {
    /// A future whose effect its author vouches for; made by [`assume_read_only`] and [`assume_idempotent`].
    #[derive(Debug)]
    #[must_use = "a call does nothing unless it is awaited"]
    pub struct Assumed<E, F> {
        #[pin]
        future: F,
        effect: PhantomData<fn() -> E>,
    }
}

impl<E, F: Future> Future for Assumed<E, F> {
    type Output = F::Output;
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        // What is started inside is vouched for: the attempt around it does not hear of it.
        #[cfg(feature = "runtime")]
        let _vouched = crate::context::enter_attempt(crate::context::started());
        self.project().future.poll(cx)
    }
}

#[diagnostic::do_not_recommend]
impl<E: Effect, F: Future> Call for Assumed<E, F> {
    type Effect = E;
}

/// Lets one await pass the effect checker as a read: you vouch that the future changes nothing.
///
/// ```
/// # use resilient_runtime::effect::assume_read_only;
/// # async fn run() {
/// assume_read_only(async { /* a lookup the checker cannot see through */ }).await;
/// # }
/// ```
pub fn assume_read_only<F: IntoFuture>(future: F) -> Assumed<ReadOnly, F::IntoFuture> {
    Assumed {
        future: future.into_future(),
        effect: PhantomData,
    }
}

/// Lets one await pass the effect checker as idempotent: you vouch that doing it twice is like doing it once.
///
/// The run-time guard believes you too: a non-idempotent call started inside does not stop the
/// retry around it.
pub fn assume_idempotent<F: IntoFuture>(future: F) -> Assumed<Idempotent, F::IntoFuture> {
    Assumed {
        future: future.into_future(),
        effect: PhantomData,
    }
}
