//! The feature `testing` is off: every attempt polls its body.

#![expect(
    clippy::unused_self,
    reason = "the same signatures as with the feature"
)]

use std::task::Context;

use super::Played;
use crate::call::Verdict;
use crate::rejected::Kind;

/// No script.
#[derive(Debug)]
pub(in crate::call) struct Script;

impl Script {
    pub(in crate::call) const NONE: Self = Self;

    #[inline]
    pub(in crate::call) const fn begin(&mut self, _call: &'static str) {}

    #[inline]
    pub(in crate::call) const fn refuses(&mut self, _call: &'static str) -> Option<Kind> {
        None
    }

    #[inline]
    pub(in crate::call) const fn play(
        &mut self,
        _call: &'static str,
        _cx: &mut Context<'_>,
    ) -> Played {
        Played::Body
    }

    #[inline]
    pub(in crate::call) const fn overrule(&self, _verdict: &mut Verdict) {}
}
