//! The last n calls: each goes in good or bad, their [`Counts`] come out. Knows no time.

use super::window::{Counts, Entry};

/// The largest count window: 25 kB of bits.
pub(super) const LARGEST_COUNT: u32 = 100_000;

/// The last n finished calls, two bits each.
///
/// Dropped calls take no place, or clients that give up would push out the evidence. They are counted
/// since the last finished call: n of them in a row are a window that holds nothing else.
#[derive(Debug)]
pub(super) struct Ring {
    /// Call i has its failed bit at 2i and its slow bit at 2i + 1.
    bits: Box<[u64]>,
    size: u32,
    /// Where the next call goes: the oldest one's place once the ring is full.
    next: u32,
    held: u32,
    failed: u32,
    slow: u32,
    dropped: u32,
}

impl Ring {
    pub(super) fn new(calls: u32) -> Self {
        let size = calls.clamp(1, LARGEST_COUNT);
        let words = (size as usize).div_ceil(32);
        let bits = vec![0; words].into_boxed_slice();
        Self {
            bits,
            size,
            next: 0,
            held: 0,
            failed: 0,
            slow: 0,
            dropped: 0,
        }
    }

    fn get(&self, place: u32) -> Entry {
        let pair = self.bits[(place / 32) as usize] >> (place % 32 * 2);
        Entry {
            failed: pair & 1 != 0,
            slow: pair & 2 != 0,
        }
    }

    fn set(&mut self, place: u32, entry: Entry) {
        let shift = place % 32 * 2;
        let word = &mut self.bits[(place / 32) as usize];
        let pair = u64::from(entry.failed) | u64::from(entry.slow) << 1;
        *word = *word & !(3 << shift) | pair << shift;
    }

    pub(super) fn push(&mut self, entry: Entry) {
        if self.held == self.size {
            let oldest = self.get(self.next);
            self.failed -= u32::from(oldest.failed);
            self.slow -= u32::from(oldest.slow);
        } else {
            self.held += 1;
        }
        self.set(self.next, entry);
        self.next = (self.next + 1) % self.size;
        self.failed += u32::from(entry.failed);
        self.slow += u32::from(entry.slow);
        self.dropped = 0;
    }

    pub(super) fn push_dropped(&mut self) {
        self.dropped = self.dropped.saturating_add(1);
    }

    /// Adds plain successes.
    pub(super) fn absorb(&mut self, ok: u32) {
        let good = Entry {
            failed: false,
            slow: false,
        };
        // After so many the ring holds nothing else, and where the next one goes is all the same.
        for _ in 0..ok.min(self.size) {
            if self.is_full_of_successes() {
                return;
            }
            self.push(good);
        }
    }

    /// One success more would change nothing, but which of equal places is the oldest.
    pub(super) fn is_full_of_successes(&self) -> bool {
        self.held == self.size && self.failed == 0 && self.slow == 0 && self.dropped == 0
    }

    pub(super) fn counts(&self) -> Counts {
        let dropped = u64::from(self.dropped);
        if self.dropped >= self.size {
            return Counts {
                dropped,
                ..Counts::default()
            };
        }
        Counts {
            finished: u64::from(self.held),
            failed: u64::from(self.failed),
            slow: u64::from(self.slow),
            dropped,
        }
    }

    /// Keeps the newest calls that fit.
    pub(super) fn resized(self, calls: u32) -> Self {
        let mut new = Self::new(calls);
        let first = self.next + self.size - self.held;
        for place in first..first + self.held {
            new.push(self.get(place % self.size));
        }
        new.dropped = self.dropped;
        new
    }
}
