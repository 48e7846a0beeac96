//! Answers that threads count apart once two have met, until somebody wants to know what they add up to.
//!
//! Goes in: an answer and its second. Comes out: nothing, until `settle` hands all of them on at once. Refuses: to be looked
//! past; whatever reads or spends tokens settles first.
//!
//! # Why it makes no difference when they are handed on
//!
//! Every word says of which second its answers are, and within a second the cap stays what it is. So adding `n` times what an
//! answer earns, at most up to the cap, comes to the same whether it is done one by one or at once. Before a new second begins,
//! and with it another cap, the answers of the old one are handed on: first all of them, then the words turn to the new
//! second. That is done under a lock, so nobody turns the budget's own second while another has answers in hand. An answer
//! that comes in between counts in the newest second known, as ever.
//!
//! No answer is lost: it is added by a read-modify-write of its word, and taken by another one.

use super::core::Core;
use super::seconds::Second;
use crate::stripes::Stripes;
use crate::sync::{Mutex, MutexGuard, Ordering, PoisonError};

/// A [`Second`] for every thread.
pub(super) struct Parked {
    pub(super) stripes: Stripes,
    handing_on: Mutex<()>,
}

impl Parked {
    pub(super) fn none() -> Self {
        Self {
            stripes: Stripes::none(),
            handing_on: Mutex::new(()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, ()> {
        let locked = self.handing_on.lock();
        locked.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Core {
    /// Two threads have met: from now on each has a word of its own.
    #[cold]
    pub(super) fn spread(&self) {
        self.parked.stripes.grow(0);
    }

    /// Counts an answer of this second in this thread's word: one read-modify-write.
    #[inline(never)]
    pub(super) fn park(&self, second: u64) {
        if let Some(place) = self.parked.stripes.mine() {
            // What is older than the newest second counts in that.
            if second > Second(place.load(Ordering::Relaxed)).number() {
                self.turn_to(second);
            }
            place.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The words count for this second from now on, unless for a newer one.
    #[cold]
    fn turn_to(&self, second: u64) {
        let locked = self.parked.lock();
        self.hand_on(0);
        self.hand_on(second);
        drop(locked);
    }

    /// Hands on what was parked so far.
    pub(super) fn settle(&self) {
        if self.parked.stripes.are_there() {
            let locked = self.parked.lock();
            self.hand_on(0);
            drop(locked);
        }
    }

    /// Under the lock.
    fn hand_on(&self, second: u64) {
        for place in self.parked.stripes.all() {
            let taken = place.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |word| {
                let empty = Second::with(Second(word).number().max(second), 0).0;
                (word != empty).then_some(empty)
            });
            let taken = taken.map_or(Second(0), Second);
            if taken.answers() > 0 {
                self.earn_late(taken.answers(), taken.number());
            }
        }
    }

    /// The clock went back, or nothing counts any more: no word may say a second that is to come.
    pub(super) fn forget_parked(&self) {
        let locked = self.parked.lock();
        for place in self.parked.stripes.all() {
            place.store(0, Ordering::Relaxed);
        }
        drop(locked);
    }
}
