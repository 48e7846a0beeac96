//! A limit that follows the service: additive increase, multiplicative decrease, as TCP does it.
//!
//! Goes in: how a call ended, and the limit it was let in under. Comes out: another limit, and whether that is worth
//! telling. Refuses: to learn from plain errors, which say nothing about load, and from calls whose loss was answered
//! already.
//!
//! * An unknown outcome or an overload **halves** the limit, once for all calls that were let in under it: what was in
//!   flight together is lost together, and is one sign, not many. (In the project's outage model halving on unknown
//!   outcomes keeps 99.9 % of calls good at 10 % plain errors; halving on any error 91 %.)
//! * An answer **raises** it, if at least half of it is in use: a limit nobody needs says nothing about what the service
//!   can take. It grows by one for every answer until the first loss, and later up to half of what it was before that loss
//!   (slow start), and from there by one for as many answers as it allows calls.

use super::core::Core;
use super::settings::Settings;
use super::word::Word;
use crate::clock::Stamp;
use crate::sync::{AtomicU32, Ordering};

/// What the end of a call says about the load of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Load {
    /// It answers.
    Fine,
    /// It does not, or says that it is too much.
    Heavy,
    /// Nothing either way.
    Silent,
}

/// A change of an adaptive limit that is worth telling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// The limit that was last told.
    pub(crate) from: u32,
    pub(crate) to: u32,
}

/// The time between two changes that are told, at least.
const QUIET: u64 = 1_000_000_000;

/// What an adaptive limit goes by; changes under the core's lock, but for `credit`.
pub(super) struct Adapting {
    min: AtomicU32,
    /// Zero for a limit that stays what it is.
    max: AtomicU32,
    /// Up to here it grows with every answer.
    threshold: AtomicU32,
    /// Answers since it last grew.
    credit: AtomicU32,
    /// One unless nothing but losses came since the last of them.
    answered: AtomicU32,
}

impl Adapting {
    pub(super) fn new(settings: &Settings) -> Self {
        let adapting = Self {
            min: AtomicU32::new(0),
            max: AtomicU32::new(0),
            threshold: AtomicU32::new(0),
            credit: AtomicU32::new(0),
            answered: AtomicU32::new(1),
        };
        adapting.configure(settings);
        adapting
    }

    /// From now on these bounds hold; what the limit was learning it learns anew.
    pub(super) fn configure(&self, settings: &Settings) {
        let (min, max) = settings
            .adaptive
            .map_or((0, 0), |bounds| (bounds.min.max(1), bounds.max));
        self.min.store(min, Ordering::Relaxed);
        self.max.store(max, Ordering::Relaxed);
        self.threshold.store(max, Ordering::Relaxed);
        self.credit.store(0, Ordering::Relaxed);
        self.answered.store(1, Ordering::Relaxed);
    }

    #[inline]
    pub(super) fn is_on(&self) -> bool {
        self.max.load(Ordering::Relaxed) != 0
    }
}

impl Core {
    /// A call that was let in under `admitted` ends, its permit still counted.
    #[inline(never)]
    pub(super) fn adapt(
        &self,
        admitted: u32,
        load: Load,
        clock: impl FnOnce() -> Stamp,
    ) -> Option<Change> {
        match load {
            Load::Fine if self.has_earned_more() => self.grow(clock),
            Load::Heavy => self.shrink(admitted, clock),
            Load::Fine | Load::Silent => None,
        }
    }

    /// Without the lock: whether this answer makes the limit grow.
    fn has_earned_more(&self) -> bool {
        let word = Word(self.word.load(Ordering::Relaxed));
        let limit = word.limit_then();
        if limit >= self.adapting.max.load(Ordering::Relaxed) || word.in_flight() * 2 < word.limit()
        {
            return false;
        }
        let credit = 1 + self.adapting.credit.fetch_add(1, Ordering::Relaxed);
        credit >= limit || limit < self.adapting.threshold.load(Ordering::Relaxed)
    }

    fn grow(&self, clock: impl FnOnce() -> Stamp) -> Option<Change> {
        let mut behind = self.lock();
        let limit = self.limit();
        if limit >= self.adapting.max.load(Ordering::Relaxed) {
            return None;
        }
        self.adapting.credit.store(0, Ordering::Relaxed);
        self.adapting.answered.store(1, Ordering::Relaxed);
        self.set_limit(limit + 1);
        let change = behind.told.change(limit + 1, clock);
        drop(behind);
        self.hand_on();
        change
    }

    fn shrink(&self, admitted: u32, clock: impl FnOnce() -> Stamp) -> Option<Change> {
        let mut behind = self.lock();
        let limit = self.limit();
        let min = self.adapting.min.load(Ordering::Relaxed);
        if limit < admitted || limit <= min {
            return None;
        }
        let halved = (limit / 2).max(min);
        self.adapting.credit.store(0, Ordering::Relaxed);
        // Losses without growth between them are one outage: what held before it is what to go back to soon.
        if self.adapting.answered.swap(0, Ordering::Relaxed) != 0 {
            self.adapting.threshold.store(halved, Ordering::Relaxed);
        }
        self.set_limit(halved);
        behind.told.change(halved, clock)
    }
}

impl super::core::Told {
    /// Whether to tell: when it has halved or doubled since the last time, and not more than once a second.
    fn change(&mut self, to: u32, clock: impl FnOnce() -> Stamp) -> Option<Change> {
        let from = self.limit;
        if to > from / 2 && to / 2 < from {
            return None;
        }
        let now = clock();
        if self.at != Stamp::NEVER && now < self.at.plus_nanos(QUIET) && now >= self.at {
            return None;
        }
        (self.limit, self.at) = (to, now);
        Some(Change { from, to })
    }
}
