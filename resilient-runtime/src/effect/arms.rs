//! Futures of two halves, of which only one may be a call: each half is asked for itself.
//!
//! Stable Rust cannot say "the effect of the half that has one", so such a future is no `Call`. Where one is
//! awaited, the two methods below are called first; as with [`Awaiting`]'s own, an inherent method wins over a
//! trait method when the half is a call.

#![expect(
    clippy::inline_always,
    reason = "in an unoptimised build, too, the check must not be a call around every await"
)]

use std::future::IntoFuture;

use super::{AtMost, Awaiting, Call, Harmless};

/// A future that drives two others.
#[doc(hidden)]
pub trait Arms {
    type First;
    type Second;
}

type First<F> = <<F as IntoFuture>::IntoFuture as Arms>::First;
type Second<F> = <<F as IntoFuture>::IntoFuture as Arms>::Second;

impl<F: IntoFuture<IntoFuture: Arms>> Awaiting<F>
where
    First<F>: Call,
{
    #[inline(always)]
    #[must_use]
    #[doc(hidden)]
    pub fn __first_within<Own>(self) -> Self
    where
        <First<F> as Call>::Effect: AtMost<Own>,
    {
        self
    }

    #[inline(always)]
    #[must_use]
    #[doc(hidden)]
    pub fn __first_harmless(self) -> Self
    where
        <First<F> as Call>::Effect: Harmless,
    {
        self
    }
}

impl<F: IntoFuture<IntoFuture: Arms>> Awaiting<F>
where
    Second<F>: Call,
{
    #[inline(always)]
    #[must_use]
    #[doc(hidden)]
    pub fn __second_within<Own>(self) -> Self
    where
        <Second<F> as Call>::Effect: AtMost<Own>,
    {
        self
    }

    #[inline(always)]
    #[must_use]
    #[doc(hidden)]
    pub fn __second_harmless(self) -> Self
    where
        <Second<F> as Call>::Effect: Harmless,
    {
        self
    }
}

/// The same for futures without halves, and for halves that say nothing.
#[doc(hidden)]
pub trait SilentArms: Sized {
    #[inline(always)]
    #[must_use]
    fn __first_within<Own>(self) -> Self {
        self
    }
    #[inline(always)]
    #[must_use]
    fn __first_harmless(self) -> Self {
        self
    }
    #[inline(always)]
    #[must_use]
    fn __second_within<Own>(self) -> Self {
        self
    }
    #[inline(always)]
    #[must_use]
    fn __second_harmless(self) -> Self {
        self
    }
}

impl<F> SilentArms for Awaiting<F> {}
