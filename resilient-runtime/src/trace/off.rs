//! The feature `tracing` is off: nothing goes in, nothing comes out, nothing is refused.

#![expect(
    clippy::unused_self,
    reason = "the same signatures as with the feature"
)]

use crate::clock::Stamp;
use crate::effect::Class;
use crate::event::{End, Event};

#[inline]
pub(crate) const fn wanted() -> bool {
    false
}

#[inline]
pub(crate) const fn hears_warnings() -> bool {
    false
}

#[inline]
pub(crate) const fn tell(_event: &Event<'_>) {}

#[inline]
pub(crate) const fn tell_quietly(_event: &Event<'_>, _quiet: &Quiet, _now: Stamp) {}

/// Nothing to keep quiet.
#[derive(Debug, Default)]
pub(crate) struct Quiet;

impl Quiet {
    pub(crate) const fn new() -> Self {
        Self
    }
}

/// No spans.
#[derive(Debug)]
pub(crate) struct Spans;

impl Spans {
    pub(crate) const fn of_call(_call: &'static str, _effect: Class) -> Self {
        Self
    }

    pub(crate) const fn of_attempt(_attempt: u32, _last: bool) -> Self {
        Self
    }

    pub(crate) const fn begin_attempt(&mut self, _attempt: u32, _last: bool) {}

    pub(crate) const fn end_attempt(&mut self, _end: End) {}

    pub(crate) const fn end_call(&self, _attempts: u32, _end: End) {}

    pub(crate) const fn enter(&self) -> Outside {
        Outside
    }
}

/// No span is entered.
pub(crate) struct Outside;
