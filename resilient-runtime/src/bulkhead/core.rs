//! The bulkhead's state: one word that decides, and a queue behind a lock for those who must wait.
//!
//! Goes in: enter, leave, give up waiting, new settings. Comes out: a permit, a place, or "full". Refuses:
//! to let anybody past the queue, or a permit be lost.
//!
//! # Why no wake-up is lost
//!
//! Limit, permits out and "somebody queues" are one atomic word, so all changes of the three have one order.
//!
//! 1. `QUEUED` is set only under the lock, and only by a compare-exchange of a word with no free permit.
//!    It is cleared only under the lock, when the last one waiting goes. So while the lock is free,
//!    `QUEUED` is set exactly when somebody waits.
//! 2. A permit comes back by a decrement of the same word. Either it comes before the exchange of (1): then
//!    that exchange fails, looks again, and finds the permit. Or it comes after: then it sees `QUEUED`, and
//!    its owner goes for the lock, gets it only after the newcomer is in the queue, and grants.
//!    There is no third order.
//! 3. A raised limit is written under the lock, and its writer grants afterwards: (2) with "raised" for
//!    "decremented".
//! 4. So a free permit and somebody waiting exist together only while some thread is on its way to the lock
//!    in `hand_on`. That one grants until no permit is free or nobody waits, whatever happened in between.
//! 5. Whoever was granted a permit owns it, polled again or not. Dropping it is giving the permit back,
//!    that is (2) again.
//!
//! Nobody overtakes: the way without the lock is closed while `QUEUED` is set, and the way with it joins at
//! the end while anybody waits.
//!
//! Threads that meet at the word keep spare permits, see [`super::spare`]. All of this is about the word without them: who
//! finds no free permit, changes the limit or lets somebody queue takes the spare ones back first.
//!
//! # Orderings
//!
//! Taking a permit acquires and giving it back releases, so what one call did under its permit happened
//! before what the next does; every change of the word is a read-modify-write and so continues the release
//! sequences of the earlier ones. A permit granted through the queue is acquired by the granter and passed
//! on through the lock. All else is counted and compared within single words, for which relaxed is enough.

use std::task::Waker;
use std::time::Duration;

use super::adapt::Adapting;
use super::permit::{Entry, Permit, Waiting};
use super::settings::{Settings, Snapshot};
use super::word::{QUEUED, Word};
use crate::clock::Stamp;
use crate::queue::{Place, Queue};
use crate::shared::Ref;
use crate::stripes::Stripes;
use crate::sync::{AtomicU32, AtomicU64, Mutex, MutexGuard, Ordering, PoisonError};

/// What only the slow ways need.
pub(super) struct Behind {
    pub(super) settings: Settings,
    pub(super) queue: Queue,
    pub(super) waited: u64,
    pub(super) told: Told,
}

/// What was last told of an adaptive limit.
#[derive(Default)]
pub(super) struct Told {
    pub(super) limit: u32,
    pub(super) at: Stamp,
}

/// The state of one bulkhead.
pub(crate) struct Core {
    pub(super) word: AtomicU64,
    /// How many may wait; changes under the lock.
    pub(super) places: AtomicU32,
    /// How many wait, copied from the queue under the lock, so that refusing needs no lock.
    pub(super) queued: AtomicU32,
    pub(super) rejected: AtomicU64,
    pub(super) adapting: Adapting,
    pub(super) spares: Stripes,
    pub(super) behind: Mutex<Behind>,
}

impl Core {
    /// A permit, a place in the queue, or neither. Takes a lock only to queue.
    pub(crate) fn try_enter(core: &Ref<Self>) -> Entry {
        match Self::enter_plainly(core.clone()) {
            Some(permit) => Entry::Entered(permit),
            None => Self::queue_up(core),
        }
    }

    /// A permit where one is free and nobody queues: one exchange.
    #[expect(clippy::inline_always, reason = "this is the way every call takes")]
    #[inline(always)]
    pub(crate) fn enter_plainly(core: Ref<Self>) -> Option<Permit> {
        core.take_free().ok()?;
        Some(Permit::taken(core))
    }

    /// Counts a permit where one is free. Otherwise what stood against it, which may only be that others keep spare ones.
    #[expect(clippy::inline_always, reason = "this is the way every call takes")]
    #[inline(always)]
    fn take_free(&self) -> Result<(), Word> {
        let word = self.word.load(Ordering::Relaxed);
        if self.spares.are_there() {
            return self.take_kept(word);
        }
        if Word(word).admits() && self.exchange(word, word + 1).is_ok() {
            return Ok(());
        }
        self.take_another(word)
    }

    /// The same where threads keep permits.
    #[inline(never)]
    fn take_kept(&self, word: u64) -> Result<(), Word> {
        if self.take_spare() {
            return Ok(());
        }
        self.take_another(word)
    }

    /// The same where this word did not do, or was another one when it was to be changed.
    #[cold]
    fn take_another(&self, seen: u64) -> Result<(), Word> {
        let mut word = self.word.load(Ordering::Relaxed);
        let mut met = word != seen && Word(seen).admits();
        while Word(word).admits() {
            match self.exchange(word, word + 1) {
                Ok(_) => {
                    if met {
                        self.loosen();
                    }
                    return Ok(());
                }
                Err(changed) => {
                    word = changed;
                    met = true;
                }
            }
        }
        Err(Word(word))
    }

    /// The longest time a call waits in the queue; the driver owns the timer.
    pub(crate) fn wait(&self) -> Option<Duration> {
        self.lock().settings.wait
    }

    /// Another limit alone. Permits that are out stay out; after lowering nobody enters until enough of them are back.
    #[cfg(test)]
    pub(crate) fn resize(&self, limit: u32) {
        let behind = self.lock();
        self.set_limit(limit);
        drop(behind);
        self.hand_on();
    }

    /// What it shows.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let behind = self.lock();
        self.tighten();
        let (waited, adaptive) = (behind.waited, behind.settings.adaptive);
        drop(behind);
        let word = Word(self.word.load(Ordering::Relaxed));
        let half = |number| u32::try_from(number).expect("both halves have at most 32 bits");
        Snapshot {
            limit: half(word.limit()),
            in_flight: half(word.in_flight()),
            queued: self.queued.load(Ordering::Relaxed),
            rejected: self.rejected.load(Ordering::Relaxed),
            waited,
            adaptive,
        }
    }

    /// The limit, as of now.
    pub(super) fn limit(&self) -> u32 {
        Word(self.word.load(Ordering::Relaxed)).limit_then()
    }

    /// Gives one permit back; the first in the queue gets it.
    #[expect(clippy::inline_always, reason = "this is the way every call takes")]
    #[inline(always)]
    pub(super) fn leave(&self) {
        if self.spares.are_there() && self.keep_spare() {
            return;
        }
        let before = self.word.fetch_sub(1, Ordering::Release);
        debug_assert!(Word(before).in_flight() > 0, "a permit is given back once");
        if before & QUEUED != 0 {
            self.hand_on();
        }
    }

    /// Leaves the queue. True: the place had been granted a permit, which is now the caller's.
    pub(super) fn give_up(&self, place: Place) -> bool {
        let mut behind = self.lock();
        let (granted, waker) = behind.queue.leave(place);
        let waiting = behind.queue.waiting();
        self.queued.store(waiting, Ordering::Relaxed);
        if waiting == 0 {
            self.word.fetch_and(!QUEUED, Ordering::Relaxed);
        }
        drop(behind);
        // A waker's drop is the executor's code: not under the lock.
        drop(waker);
        granted
    }

    /// True: the place was granted a permit, which is now the caller's, and is given up. Otherwise `waker`
    /// is woken when that happens.
    pub(super) fn collect(&self, place: Place, waker: Waker) -> bool {
        let mut behind = self.lock();
        let granted = behind.queue.is_granted(place);
        let unused = if granted {
            behind.queue.leave(place);
            Some(waker)
        } else {
            behind.queue.watch(place, waker)
        };
        drop(behind);
        drop(unused);
        granted
    }

    pub(super) fn count_rejected(&self) {
        self.rejected.fetch_add(1, Ordering::Relaxed);
    }

    /// For those who found no permit, or somebody before them.
    #[cold]
    fn queue_up(core: &Ref<Self>) -> Entry {
        if core.take_back() {
            return Entry::Entered(Permit::taken(core.clone()));
        }
        // Under overload most come here only to be refused: they pay no lock. A moment ago there was no
        // permit or a queue, and every place was taken; that is reason enough.
        if core.queued.load(Ordering::Relaxed) >= core.places.load(Ordering::Relaxed) {
            core.count_rejected();
            return Entry::Full;
        }
        let mut behind = core.lock();
        core.tighten();
        let places = core.places.load(Ordering::Relaxed);
        if behind.queue.waiting() == 0 && core.enter_or_close(places > 0) {
            drop(behind);
            return Entry::Entered(Permit::taken(core.clone()));
        }
        if behind.queue.waiting() >= places {
            drop(behind);
            core.count_rejected();
            return Entry::Full;
        }
        let place = behind.queue.join(());
        behind.waited += 1;
        core.queued.store(behind.queue.waiting(), Ordering::Relaxed);
        drop(behind);
        Entry::Queued(Waiting::at(core.clone(), place))
    }

    /// Takes spare permits back from whoever keeps them until there is a free one, or certainly none.
    fn take_back(&self) -> bool {
        loop {
            match self.take_free() {
                Ok(()) => return true,
                Err(word) if !word.is_loose() => return false,
                Err(_) => {
                    let behind = self.lock();
                    self.tighten();
                    drop(behind);
                }
            }
        }
    }

    /// Under the lock, with nobody waiting: takes a permit, or else closes the way without the lock
    /// (`close`), which only the absence of a permit allows.
    fn enter_or_close(&self, close: bool) -> bool {
        let mut word = self.word.load(Ordering::Relaxed);
        loop {
            let entered = Word(word).has_permit();
            if !entered && !close {
                return false;
            }
            let next = if entered { word + 1 } else { word | QUEUED };
            match self.exchange(word, next) {
                Ok(_) => return entered,
                Err(changed) => word = changed,
            }
        }
    }

    /// Gives free permits to those who wait, as long as there are both.
    #[cold]
    pub(super) fn hand_on(&self) {
        let mut more = true;
        while more {
            let mut behind = self.lock();
            let waker = self.grant_one(&mut behind.queue);
            // A permit that comes back after this look brings its own thread here.
            more =
                behind.queue.waiting() > 0 && Word(self.word.load(Ordering::Relaxed)).has_permit();
            drop(behind);
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }

    /// Under the lock: takes a permit for the first in the queue, and opens the way without the lock again
    /// when that was the last one.
    fn grant_one(&self, queue: &mut Queue) -> Option<Waker> {
        let opens = match queue.waiting() {
            0 => return None,
            1 => QUEUED,
            _ => 0,
        };
        let mut word = self.word.load(Ordering::Relaxed);
        while Word(word).has_permit() {
            match self.exchange(word, (word + 1) & !opens) {
                Ok(_) => {
                    let waker = queue.grant_first();
                    self.queued.store(queue.waiting(), Ordering::Relaxed);
                    return waker;
                }
                Err(changed) => word = changed,
            }
        }
        None
    }

    /// Under the lock.
    pub(super) fn set_limit(&self, limit: u32) {
        self.tighten();
        let mut word = self.word.load(Ordering::Relaxed);
        while let Err(changed) = self.exchange(word, Word(word).with_limit(limit).0) {
            word = changed;
        }
    }

    #[inline]
    pub(super) fn exchange(&self, word: u64, next: u64) -> Result<u64, u64> {
        self.word
            .compare_exchange_weak(word, next, Ordering::Acquire, Ordering::Relaxed)
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Behind> {
        self.behind.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
