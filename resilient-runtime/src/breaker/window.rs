//! What a breaker counts: outcomes go in one by one, the [`Counts`] of the present window come out.
//!
//! Two kinds, both truly sliding. [`Sliding`] covers a time in ten buckets; [`Ring`] covers the last n
//! calls. Neither reads a clock, takes a lock or decides anything.

use std::time::Duration;

use crate::clock::Stamp;

use super::ring::Ring;
use super::settings::Window;

/// Hystrix's ten: coarse enough to be small, fine enough that a tenth of the window leaves at a time.
const BUCKETS: u64 = 10;
const SLOTS: usize = 10;

/// What a window holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Calls that ended with an outcome, good or bad.
    pub(super) finished: u64,
    pub(super) failed: u64,
    /// Finished calls that took long, failed or not.
    pub(super) slow: u64,
    /// Calls dropped before they finished; never part of `finished`.
    pub(super) dropped: u64,
}

/// One finished call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) failed: bool,
    pub(super) slow: bool,
}

/// The window of one cycle.
#[derive(Debug)]
pub(super) enum Tally {
    Time(Sliding),
    Count(Ring),
}

impl Tally {
    pub(super) fn new(window: Window, now: Stamp) -> Self {
        match window {
            Window::Time(time) => Self::Time(Sliding::new(time, now)),
            Window::Count(calls) => Self::Count(Ring::new(calls)),
        }
    }

    pub(super) fn push(&mut self, entry: Entry, at: Stamp) {
        match self {
            Self::Time(sliding) => sliding.push(entry, at),
            Self::Count(ring) => ring.push(entry),
        }
    }

    pub(super) fn push_dropped(&mut self, at: Stamp) {
        match self {
            Self::Time(sliding) => sliding.push_dropped(at),
            Self::Count(ring) => ring.push_dropped(),
        }
    }

    /// Adds plain successes, the newest there are.
    pub(super) fn absorb(&mut self, ok: u32) {
        match self {
            Self::Time(sliding) => sliding.absorb(ok),
            Self::Count(ring) => ring.absorb(ok),
        }
    }

    /// What the window holds up to the newest outcome.
    pub(super) fn counts(&self) -> Counts {
        match self {
            Self::Time(sliding) => sliding.counts(sliding.epoch),
            Self::Count(ring) => ring.counts(),
        }
    }

    /// What the window holds when seen from `now`: time windows have lost what is too old.
    pub(super) fn counts_at(&self, now: Stamp) -> Counts {
        match self {
            Self::Time(sliding) => sliding.counts(sliding.epoch_of(now)),
            Self::Count(ring) => ring.counts(),
        }
    }

    /// The same outcomes under another window. What fits is kept; between a time and a count nothing does.
    pub(super) fn resized(self, window: Window) -> Self {
        match (self, window) {
            (Self::Time(old), Window::Time(time)) => Self::Time(old.resized(time)),
            (Self::Count(old), Window::Count(calls)) => Self::Count(old.resized(calls)),
            _ => Self::new(window, Stamp::NEVER),
        }
    }
}

/// The calls of the last ten buckets; the tenth is the one being filled.
///
/// Bucket `e` covers the stamps from `e * width` up to `(e + 1) * width` and lives in slot `e % 10`.
/// Moving on to a newer bucket clears the slots in between, so a slot never holds two epochs.
#[derive(Debug)]
pub(super) struct Sliding {
    /// Nanoseconds; at least 1.
    width: u64,
    /// The newest bucket.
    epoch: u64,
    ok: [u32; SLOTS],
    /// On the heap, and only once there was a failure, a slow or a dropped call: a healthy breaker stays small.
    bad: Option<Box<[Bad; SLOTS]>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Bad {
    failed: u32,
    slow: u32,
    dropped: u32,
}

impl Sliding {
    fn new(window: Duration, now: Stamp) -> Self {
        let width = width(window);
        Self {
            width,
            epoch: now.as_nanos() / width,
            ok: [0; SLOTS],
            bad: None,
        }
    }

    fn epoch_of(&self, at: Stamp) -> u64 {
        at.as_nanos() / self.width
    }

    /// Where the newest bucket begins. "Never" lies before every bucket.
    pub(super) fn from(&self) -> Stamp {
        Stamp::from_nanos(self.epoch.saturating_mul(self.width).max(1))
    }

    /// The first stamp after the newest bucket.
    pub(super) fn until(&self) -> Stamp {
        Stamp::from_nanos(self.epoch.saturating_add(1).saturating_mul(self.width))
    }

    /// Moves on to the bucket of `at`. An older stamp changes nothing: what was learned late counts as news.
    fn advance(&mut self, at: Stamp) {
        let epoch = self.epoch_of(at);
        let steps = epoch.saturating_sub(self.epoch).min(BUCKETS);
        for back in 0..steps {
            let slot = slot(epoch - back);
            self.ok[slot] = 0;
            if let Some(bad) = &mut self.bad {
                bad[slot] = Bad::default();
            }
        }
        self.epoch = self.epoch.max(epoch);
    }

    /// Adds plain successes to the newest bucket.
    fn absorb(&mut self, ok: u32) {
        let count = &mut self.ok[slot(self.epoch)];
        *count = count.saturating_add(ok);
    }

    fn push(&mut self, entry: Entry, at: Stamp) {
        self.advance(at);
        if !entry.failed {
            self.absorb(1);
        }
        if entry.failed || entry.slow {
            let bad = self.bad();
            bad.failed = bad.failed.saturating_add(u32::from(entry.failed));
            bad.slow = bad.slow.saturating_add(u32::from(entry.slow));
        }
    }

    fn push_dropped(&mut self, at: Stamp) {
        self.advance(at);
        let bad = self.bad();
        bad.dropped = bad.dropped.saturating_add(1);
    }

    /// The newest bucket's part that is not plain success.
    fn bad(&mut self) -> &mut Bad {
        let slot = slot(self.epoch);
        &mut self.bad.get_or_insert_default()[slot]
    }

    /// What is left of the window when `newest` is the present bucket.
    fn counts(&self, newest: u64) -> Counts {
        let mut counts = Counts::default();
        // How many of our buckets a later present has pushed out.
        let gone = newest.saturating_sub(self.epoch).min(BUCKETS);
        for back in 0..BUCKETS - gone {
            let Some(epoch) = self.epoch.checked_sub(back) else {
                break;
            };
            self.add_bucket(epoch, &mut counts);
        }
        counts
    }

    fn add_bucket(&self, epoch: u64, counts: &mut Counts) {
        let slot = slot(epoch);
        counts.finished += u64::from(self.ok[slot]);
        if let Some(bad) = &self.bad {
            let bad = bad[slot];
            counts.finished += u64::from(bad.failed);
            counts.failed += u64::from(bad.failed);
            counts.slow += u64::from(bad.slow);
            counts.dropped += u64::from(bad.dropped);
        }
    }

    /// Buckets of another width: each old one goes, whole, where its beginning lies.
    fn resized(self, window: Duration) -> Self {
        if width(window) == self.width {
            return self;
        }
        let oldest = self.epoch.saturating_sub(BUCKETS - 1);
        let mut new = Self::new(window, Stamp::from_nanos(oldest.saturating_mul(self.width)));
        for epoch in oldest..=self.epoch {
            new.advance(Stamp::from_nanos(epoch.saturating_mul(self.width)));
            new.absorb(self.ok[slot(epoch)]);
            if let Some(old) = &self.bad {
                let old = old[slot(epoch)];
                let bad = new.bad();
                bad.failed = bad.failed.saturating_add(old.failed);
                bad.slow = bad.slow.saturating_add(old.slow);
                bad.dropped = bad.dropped.saturating_add(old.dropped);
            }
        }
        new
    }
}

fn width(window: Duration) -> u64 {
    u64::try_from(window.as_nanos() / u128::from(BUCKETS))
        .unwrap_or(u64::MAX)
        .max(1)
}

fn slot(epoch: u64) -> usize {
    usize::try_from(epoch % BUCKETS).expect("a remainder of ten fits")
}
