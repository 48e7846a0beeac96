//! The check behind every rewritten await: an expression goes in, the same expression comes out by
//! value, and it does not compile when its effect is too large.
//!
//! The choice between "declares an effect" and "says nothing" is an inherent method winning over a
//! trait method, so nothing is borrowed and the future around it grows by no byte.

#![expect(
    clippy::inline_always,
    reason = "in an unoptimised build, too, the check must not be a call around every await"
)]

use std::future::IntoFuture;

use super::{AtMost, Call, Harmless, Repeats, SafeToPrecede, Unrepeated};

/// An expression about to be awaited.
#[derive(Debug)]
pub struct Awaiting<F>(pub F);

impl<F: IntoFuture> Awaiting<F>
where
    F::IntoFuture: Call,
{
    /// The call's effect is at most the function's own.
    #[inline(always)]
    #[must_use]
    #[doc(hidden)]
    pub fn __within<Own>(self) -> F
    where
        <F::IntoFuture as Call>::Effect: AtMost<Own>,
    {
        self.0
    }

    /// The function declares no effect, so the call must be harmless.
    #[inline(always)]
    #[must_use]
    #[doc(hidden)]
    pub fn __harmless(self) -> F
    where
        <F::IntoFuture as Call>::Effect: Harmless,
    {
        self.0
    }

    /// More calls of a `retry(not_sent)` follow.
    #[inline(always)]
    #[must_use]
    #[doc(hidden)]
    pub fn __precedes(self) -> Self
    where
        <F::IntoFuture as Call>::Effect: SafeToPrecede,
    {
        self
    }

    /// `failover`: the provider says its effect.
    #[inline(always)]
    #[must_use]
    #[doc(hidden)]
    pub fn __provider(self) -> Self {
        self
    }

    /// `strict`: the call says its effect.
    #[inline(always)]
    #[must_use]
    #[doc(hidden)]
    pub fn __declared(self) -> Self {
        self
    }
}

impl<F: IntoFuture> Awaiting<F>
where
    F::IntoFuture: Call,
    <F::IntoFuture as Call>::Effect: Repeats,
{
    /// Inside a retry: the call must not repeat itself.
    #[inline(always)]
    #[must_use]
    #[doc(hidden)]
    pub fn __once(self) -> Self
    where
        <F::IntoFuture as Call>::Effect: Unrepeated,
    {
        self
    }
}

/// The same checks for everything that is not a [`Call`]: they pass, except where silence is the problem.
pub trait Silent: Sized {
    /// The expression inside.
    type Inner;
    #[doc(hidden)]
    #[must_use]
    fn __within<Own>(self) -> Self::Inner;
    #[doc(hidden)]
    #[must_use]
    fn __harmless(self) -> Self::Inner;
    #[doc(hidden)]
    #[must_use]
    fn __once(self) -> Self {
        self
    }
    #[doc(hidden)]
    #[must_use]
    fn __precedes(self) -> Self
    where
        Self::Inner: DeclaresSafe,
    {
        self
    }
    #[doc(hidden)]
    #[must_use]
    fn __provider(self) -> Self
    where
        Self::Inner: DeclaresProvider,
    {
        self
    }
    #[doc(hidden)]
    #[must_use]
    fn __declared(self) -> Self
    where
        Self::Inner: DeclaresEffect,
    {
        self
    }
}

impl<F> Silent for Awaiting<F> {
    type Inner = F;
    #[inline(always)]
    fn __within<Own>(self) -> F {
        self.0
    }
    #[inline(always)]
    fn __harmless(self) -> F {
        self.0
    }
}

/// What `strict` asks of every awaited expression.
#[diagnostic::on_unimplemented(
    message = "`strict`: this await does not declare its effect",
    label = "nobody can tell whether repeating this is safe",
    note = "an undeclared call inside a strict function could be a payment that the function's retry repeats",
    note = "put `#[read_only]`, `#[idempotent]` or `#[non_idempotent]` on the called function, or write `assume_read_only(..).await` or `assume_idempotent(..).await`"
)]
pub trait DeclaresEffect {}
impl<F: IntoFuture> DeclaresEffect for F where F::IntoFuture: Call {}

/// What `retry(not_sent)` asks of every call that is followed by another.
#[diagnostic::on_unimplemented(
    message = "`retry(not_sent)` around several calls, and this one is not the last of them",
    label = "this call does not declare that it is safe to repeat",
    note = "when a later call is not sent, the retry repeats this one too, which may have succeeded already: the service would carry it out twice",
    note = "move `retry(not_sent)` to a function that makes one call only, declare the called function `#[read_only]` or `#[idempotent]`,\nor write `assume_read_only(..).await` if this await changes nothing"
)]
pub trait DeclaresSafe {}
impl<F: IntoFuture> DeclaresSafe for F where F::IntoFuture: Call {}

/// What `failover` asks of every provider it names.
#[diagnostic::on_unimplemented(
    message = "a failover to a function that does not declare its effect",
    label = "nobody can tell what this provider does to its service",
    note = "at run time a function that only reads could fail over to one that pays",
    note = "put `#[read_only]`, `#[idempotent]` or `#[non_idempotent]` on the provider's `async fn`"
)]
pub trait DeclaresProvider {}
impl<F: IntoFuture> DeclaresProvider for F where F::IntoFuture: Call {}
