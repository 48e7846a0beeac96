//! What goes into the breaker's machine and what comes out of it.

use std::time::Duration;

use crate::clock::Stamp;

use super::word::Word;
use super::{Cause, Phase};

/// The breaker refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    /// In at most this long a call is let through; none when it was forced open.
    pub(crate) retry_after: Option<Duration>,
}

/// What a call was admitted under; handed back with its outcome. Two words, so that it travels in registers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Admission {
    /// Phase and cycle of the moment, and its mark; for a probe the number of its slot instead.
    pub(super) word: Word,
    /// When it was admitted; never for a call of a breaker that had no use for the time.
    pub(crate) at: Stamp,
}

impl Admission {
    /// Of a call that was let through under this word.
    pub(super) const fn new(word: Word, at: Stamp) -> Self {
        Self { word, at }
    }

    /// In nanoseconds, how long the call had taken by then; nothing where nobody looked when it began.
    pub(super) const fn took(self, by: Stamp) -> u64 {
        match self.at {
            Stamp::NEVER => 0,
            at => by.as_nanos().saturating_sub(at.as_nanos()),
        }
    }

    /// Whether this call decides what becomes of a half-open breaker.
    pub(crate) const fn is_probe(self) -> bool {
        matches!(self.word.phase(), Phase::HalfOpen)
    }
}

/// How an admitted call ended, as far as a breaker cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The service answered; also with a permanent error.
    Success,
    /// It did not do its work.
    Failure {
        /// The answer is lost; what `consecutive` counts.
        unknown: bool,
        /// What the service asked for; becomes the open time if this failure opens the breaker.
        retry_after: Option<Duration>,
    },
    /// It failed before it reached the service: a failure, but neither an answer nor an unknown outcome.
    NotSent,
    /// Counts as nothing; a probe gives its slot back.
    Ignored,
    /// Dropped before it finished.
    Dropped,
}

/// The end of a call, complete with everything the machine cannot know by itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ended {
    pub(super) outcome: Outcome,
    pub(super) at: Stamp,
    /// In 0..1: the jitter of the open time that may begin here.
    pub(super) random: f64,
}

/// A breaker changed its phase, or was reset because of the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Transition {
    pub(crate) from: Phase,
    pub(crate) to: Phase,
    pub(crate) at: Stamp,
    pub(crate) cause: Cause,
    /// How long it stays open, when `to` is open.
    pub(crate) open_for: Option<Duration>,
}

/// What an operator can do to a breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Forced {
    /// Refuse everybody.
    Open,
    /// Let everybody through, whatever the outcomes; they are counted.
    Closed,
    /// Let everybody through and count nothing.
    Disabled,
    /// Count as ever, refuse nobody.
    MetricsOnly,
    /// Ask the service now: half-open, without waiting for the open time.
    HalfOpen,
    /// Back to automatic, from closed and empty. Nothing if it is automatic already.
    Automatic,
}

/// What the shell shows to callers without a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Published {
    pub(super) word: Word,
    /// Counting: the newest bucket. Open: the open time. Half-open: ends when a slot may be taken, in
    /// the past if one is free.
    pub(super) from: Stamp,
    pub(super) until: Stamp,
    /// Successes between `from` and `until` may be counted without asking the machine. The word says more: whether even
    /// that is of no use, and whether it matters when they are.
    pub(super) park: bool,
}
