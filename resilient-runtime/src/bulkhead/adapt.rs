//! A limit that follows the service: additive increase, multiplicative decrease, as TCP does it.
//!
//! Goes in: how a call ended, and what was known when it was let in. Comes out: another limit, and whether that is worth
//! telling. Refuses: to learn from plain errors, which say nothing about load, and from calls whose loss was answered
//! already.
//!
//! * An unknown outcome or an overload **lowers** it, once for all calls that were let in before: what was in flight together
//!   is lost together, and is one sign, not many. It becomes half of what it was, or what was in use lately if that is less:
//!   room that nobody needed has not been tried (for TCP RFC 7661, section 4.2). If nothing at all was answered while the
//!   lost call ran, it becomes half of what was in use (RFC 5681, section 3.1, half of the flight size). One loss takes
//!   three quarters of it at most: it may have come by chance. (In the project's outage model lowering it on unknown
//!   outcomes keeps 99.9 % of calls good at 10 % plain errors; on any error 91 %.)
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

/// What was in use at most is kept in such parts of a call, and is forgotten at this rate: half of it in 44 answers.
const FRACTION: u32 = 1 << 12;
const FORGOTTEN: u32 = 64;

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
    /// The most calls at once lately, in `FRACTION`s.
    used: AtomicU32,
    /// Answers, and times it was lowered. A call that two billion of them outlast would be taken for one of now.
    news: AtomicU32,
    /// The news when it was lowered last: calls that were let in before have nothing to add.
    lowered: AtomicU32,
}

impl Adapting {
    pub(super) fn new(settings: &Settings) -> Self {
        let adapting = Self {
            min: AtomicU32::new(0),
            max: AtomicU32::new(0),
            threshold: AtomicU32::new(0),
            credit: AtomicU32::new(0),
            answered: AtomicU32::new(1),
            used: AtomicU32::new(0),
            news: AtomicU32::new(0),
            lowered: AtomicU32::new(0),
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

    /// Notes how many are in flight. Threads that meet here may miss one of two: the next answer tells of it again.
    fn note(&self, in_flight: u64) {
        let now = u32::try_from(in_flight)
            .unwrap_or(u32::MAX)
            .saturating_mul(FRACTION);
        let used = self.used.load(Ordering::Relaxed);
        self.used
            .store(now.max(used - used / FORGOTTEN), Ordering::Relaxed);
    }

    /// What this limit becomes by a loss; `silent` if nothing was answered while the lost call ran.
    fn lower(&self, limit: u32, silent: bool) -> u32 {
        let used = self.used.load(Ordering::Relaxed).div_ceil(FRACTION);
        let used = if silent { used.div_ceil(2) } else { used };
        (limit / 2).min(used.max(limit / 4))
    }

    /// What is known so far; a call remembers it from when it was let in.
    #[inline]
    pub(super) fn news(&self) -> u32 {
        self.news.load(Ordering::Relaxed)
    }
}

impl Core {
    /// A call ends, its permit still counted; `known` is the news of when it was let in.
    #[inline(never)]
    pub(super) fn adapt(
        &self,
        known: u32,
        load: Load,
        clock: impl FnOnce() -> Stamp,
    ) -> Option<Change> {
        let note = || {
            let in_flight = Word(self.word.load(Ordering::Relaxed)).in_flight();
            self.adapting.note(in_flight);
        };
        match load {
            Load::Silent => None,
            Load::Heavy => {
                note();
                self.shrink(known, clock)
            }
            Load::Fine => {
                note();
                self.adapting.news.fetch_add(1, Ordering::Relaxed);
                if self.has_earned_more() {
                    self.grow(clock)
                } else {
                    None
                }
            }
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

    fn shrink(&self, known: u32, clock: impl FnOnce() -> Stamp) -> Option<Change> {
        let mut behind = self.lock();
        let limit = self.limit();
        let min = self.adapting.min.load(Ordering::Relaxed);
        let news = self.adapting.news();
        let lowered = self.adapting.lowered.load(Ordering::Relaxed);
        let let_in_before = known.wrapping_sub(lowered) > u32::MAX / 2;
        if let_in_before || limit <= min {
            return None;
        }
        let lower = self.adapting.lower(limit, news == known).max(min);
        self.adapting.credit.store(0, Ordering::Relaxed);
        // Losses without growth between them are one outage: what held before it is what to go back to soon.
        if self.adapting.answered.swap(0, Ordering::Relaxed) != 0 {
            self.adapting.threshold.store(lower, Ordering::Relaxed);
        }
        let before = self.adapting.news.fetch_add(1, Ordering::Relaxed);
        self.adapting
            .lowered
            .store(before.wrapping_add(1), Ordering::Relaxed);
        self.set_limit(lower);
        behind.told.change(lower, clock)
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
