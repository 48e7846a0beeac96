//! How long first attempts take: the last thousand, and a percentile of them that is not fooled by those cut short.
//!
//! Goes in: how long an attempt took, or after how long it was cut off. Comes out: a percentile, once enough were
//! seen. Refuses: memory that grows (2 bytes for each attempt, 4 for each bucket, 4 KiB in all).
//!
//! # Why not simply the percentile of the answers
//!
//! An attempt that lost against its hedge has no latency, only "longer than this". Leaving it out cuts the tail off
//! the very figure that decides when to hedge: the percentile falls, more attempts are cut off, it falls further.
//! (So in tower's `hedge`, whose histogram hears of answers alone. Finagle counts a superseded request with the time
//! until then.) Such an observation is called right-censored, and E. L. Kaplan and P. Meier (*Nonparametric estimation
//! from incomplete observations*, JASA 53, 1958) say what it is worth: it counts among those at risk up to the
//! time it was cut off, and not after.

use std::time::Duration;

use crate::breaker::Ratio;

/// Attempts that are remembered. The 99th percentile, the highest allowed, has ten of them beyond it.
pub(super) const WINDOW: usize = 1_000;

/// A percentile is believed when so many attempts lie beyond it: 100 in all for the 95th (`Resilience4j` looks at
/// the last 100 too), 500 for the 99th.
const BEYOND: u64 = 5;
/// Fewer than these say nothing about any percentile.
const FEWEST: u64 = 30;

/// Sixteen buckets for each doubling: an edge is at most 1/16 above what is in the bucket.
const STEPS: u64 = 16;
/// Nanoseconds in the finest step.
const UNIT: u64 = 64;
/// The last bucket begins beyond an hour.
const BUCKETS: usize = LAST as usize + 1;
const LAST: u16 = 527;

/// The bucket of a latency.
fn bucket(nanos: u64) -> u16 {
    let units = nanos / UNIT;
    let index = if units < STEPS {
        units
    } else {
        let doublings = u64::from(units.ilog2()) - 4;
        (doublings + 1) * STEPS + (units >> doublings) - STEPS
    };
    u16::try_from(index).map_or(LAST, |index| index.min(LAST))
}

/// The upper edge of a bucket, in nanoseconds.
pub(super) fn edge(bucket: usize) -> u64 {
    let index = bucket as u64;
    if index < STEPS {
        (index + 1) * UNIT
    } else {
        let doublings = index / STEPS - 1;
        ((STEPS + index % STEPS + 1) << doublings) * UNIT
    }
}

/// The last first attempts.
pub(super) struct Latencies {
    /// Bucket, and in the lowest bit whether it was cut off.
    last: Vec<u16>,
    /// The oldest, once there are `WINDOW`.
    oldest: usize,
    /// Empty until the first attempt: a hedge with a set wait never needs them.
    buckets: Vec<Bucket>,
}

#[derive(Clone, Copy, Default)]
struct Bucket {
    answered: u16,
    cut_off: u16,
}

impl Latencies {
    pub(super) const fn new() -> Self {
        Self {
            last: Vec::new(),
            oldest: 0,
            buckets: Vec::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.last.len()
    }

    /// One more attempt, in place of the oldest.
    pub(super) fn add(&mut self, nanos: u64, cut_off: bool) {
        if self.buckets.is_empty() {
            self.buckets = vec![Bucket::default(); BUCKETS];
        }
        let seen = bucket(nanos) << 1 | u16::from(cut_off);
        if self.last.len() < WINDOW {
            self.last.push(seen);
        } else {
            let gone = std::mem::replace(&mut self.last[self.oldest], seen);
            self.oldest = (self.oldest + 1) % WINDOW;
            *self.counter(gone) -= 1;
        }
        *self.counter(seen) += 1;
    }

    fn counter(&mut self, seen: u16) -> &mut u16 {
        let bucket = &mut self.buckets[usize::from(seen >> 1)];
        if seen & 1 == 1 {
            &mut bucket.cut_off
        } else {
            &mut bucket.answered
        }
    }

    /// How many attempts must have been seen for this percentile.
    pub(super) fn needed(share: Ratio) -> usize {
        let beyond = 10_000_u64.saturating_sub(u64::from(share.as_hundredths()));
        let needed = (BEYOND * 10_000).div_ceil(beyond.max(1)).max(FEWEST);
        usize::try_from(needed).unwrap_or(usize::MAX)
    }

    /// The time within which this share of attempts answers; none while too few were seen.
    ///
    /// When so many were cut off that nobody knows, it is the longest time that was seen.
    pub(super) fn percentile(&self, share: Ratio) -> Option<Duration> {
        if self.len() < Self::needed(share) {
            return None;
        }
        let beyond = 1.0 - f64::from(share.as_hundredths()) / 10_000.0;
        let mut at_risk = u32::try_from(self.len()).unwrap_or(u32::MAX);
        let mut longer = 1.0;
        let mut longest = 0;
        for (bucket, seen) in self.buckets.iter().enumerate() {
            let (answered, cut_off) = (u32::from(seen.answered), u32::from(seen.cut_off));
            if answered + cut_off == 0 {
                continue;
            }
            longest = bucket;
            longer *= 1.0 - f64::from(answered) / f64::from(at_risk);
            // The product of a thousand quotients is off by less than this.
            if longer <= beyond + 1e-9 {
                break;
            }
            at_risk -= answered + cut_off;
        }
        Some(Duration::from_nanos(edge(longest)))
    }
}
