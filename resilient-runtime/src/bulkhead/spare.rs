//! Permits that threads keep for their next call, once two of them have met at the word.
//!
//! Goes in: a permit that comes back. Comes out: the same permit, to the next call of that thread, without a word to anybody.
//! Refuses: to keep one that somebody else could need.
//!
//! # Why the limit holds, and nobody is refused for the sake of a spare permit
//!
//! A spare permit is out, as far as the core's word is concerned: calls that run and spare permits together are never more
//! than the limit. Each thread's word says how many spare ones there may be (upper half) and how many there are; both are zero
//! while the bulkhead is not loose.
//!
//! 1. *Loosen*, under the lock: only while nobody queues, at most half of the permits are out, and the limit does not learn
//!    (it needs the number in flight). Sets `LOOSE` first and makes room in the threads' words after it.
//! 2. *Tighten*, under the lock: swaps zero into every thread's word, then takes `LOOSE` and as many permits as were there off
//!    the core's word in one step. A permit comes back either before the swap of its word, and is taken along, or after it,
//!    finds no room, and goes to the core's word.
//! 3. So a core's word without `LOOSE` counts running calls alone, and all that [`super::core`] says of it holds. Whoever finds
//!    no permit free in a word with `LOOSE` tightens and looks again. Whoever queues, changes the limit or shows what is in
//!    flight tightens first.
//!
//! Spare permits are at most a quarter of the limit, and it is not loosened again before half of it is free: near its limit a
//! bulkhead has one word, and takes spare permits back once on the way there.
//!
//! Orderings: keeping releases and taking acquires, as with the core's word; tightening does both.

use super::core::Core;
use super::word::{LOOSE, LOWER_HALF, QUEUED, Word};
use crate::stripes::Stripes;
use crate::sync::Ordering;

/// One more may be kept.
const ROOM: u64 = 1 << 32;

impl Core {
    /// Takes a permit that this thread kept.
    #[inline]
    pub(super) fn take_spare(&self) -> bool {
        let Some(place) = self.spares.mine() else {
            return false;
        };
        let mut kept = place.load(Ordering::Relaxed);
        while kept & LOWER_HALF != 0 {
            match place.compare_exchange(kept, kept - 1, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(changed) => kept = changed,
            }
        }
        false
    }

    /// Keeps a permit for this thread's next call, if there is room for it.
    #[inline(never)]
    pub(super) fn keep_spare(&self) -> bool {
        let Some(place) = self.spares.mine() else {
            return false;
        };
        let mut kept = place.load(Ordering::Relaxed);
        while kept & LOWER_HALF < kept >> 32 {
            match place.compare_exchange(kept, kept + 1, Ordering::Release, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(changed) => kept = changed,
            }
        }
        false
    }

    /// Two threads have met at the word: from now on each keeps some permits, if there are enough of them.
    #[cold]
    pub(super) fn loosen(&self) {
        let each = u64::from(self.limit()) / 4 / Stripes::number() as u64;
        // Without the lock first: where it is of no use threads meet again and again.
        if each > 0 && self.may_loosen(self.word.load(Ordering::Relaxed)) {
            let behind = self.lock();
            self.spares.grow(0);
            self.make_room(each);
            drop(behind);
        }
    }

    fn may_loosen(&self, word: u64) -> bool {
        let half_is_free = Word(word).in_flight() * 2 <= Word(word).limit();
        half_is_free && word & (QUEUED | LOOSE) == 0 && !self.adapting.is_on()
    }

    /// Under the lock: room for so many in each thread's word, where that is allowed.
    pub(super) fn make_room(&self, each: u64) {
        let mut word = self.word.load(Ordering::Relaxed);
        loop {
            if !self.may_loosen(word) {
                return;
            }
            match self.exchange(word, word | LOOSE) {
                Ok(_) => break,
                Err(changed) => word = changed,
            }
        }
        for place in self.spares.all() {
            place.store(each * ROOM, Ordering::Relaxed);
        }
    }

    /// Under the lock: takes all spare permits back.
    pub(super) fn tighten(&self) {
        if !Word(self.word.load(Ordering::Relaxed)).is_loose() {
            return;
        }
        let places = self.spares.all();
        let kept = |place: &crate::sync::AtomicU64| place.swap(0, Ordering::Acquire) & LOWER_HALF;
        let kept: u64 = places.map(kept).sum();
        self.word.fetch_sub(LOOSE | kept, Ordering::Release);
    }
}
