//! The rate limit's state: governor's word, and a queue behind a lock for those who must wait.
//!
//! Goes in: take, wait, give back, new settings, each with the present. Comes out: a token, a place and the
//! instant it is due, or how long it would take. Refuses: to let anybody past the queue, to let anybody wait
//! in vain, and to lose a token that can still be used.
//!
//! # How the queue works
//!
//! A token exists from an instant on; nobody has to hand it out. So a place in the queue is *due* at a known
//! instant: that of the next token, and an interval more for everyone before it. Whoever waits sleeps until then.
//!
//! 1. While somebody queues the word carries `SHUT`: then nobody passes without the lock, and whoever comes
//!    joins at the end. It is set only by a compare-exchange of a bucket that is empty, and only under the lock;
//!    it is cleared only under the lock, when the last one goes.
//! 2. Whoever looks after the queue, by its own timer or because it comes or goes, grants *every* place that
//!    is due, in order. So a waiting call that its task never polls again is granted like any other, and costs those
//!    behind it one turn at most.
//! 3. When somebody leaves, everyone behind moves up. Only the first is woken for it, to sleep less long; the
//!    second is, when it becomes the first.
//! 4. Timers are a millisecond coarse. A grant counts from the instant it was due and not from when its timer rang,
//!    up to [`LATE`], so a queue gets all of its rate.
//!
//! # Giving back
//!
//! A token whose call was never sent goes back while it cannot have been overtaken: for one interval. Until then
//! the bucket is certainly not full, so taking the interval off the word again leaves what would be there without
//! the call. Later it might be a token too many: the rate is kept, the token is lost.

use std::task::Waker;
use std::time::Duration;

use super::bucket::{self, SHUT};
use super::settings::{Settings, Snapshot};
use super::token::{Entry, Token, Waiting};
use crate::clock::Stamp;
use crate::queue::{Place, Queue};
use crate::shared::Ref;
use crate::sync::{AtomicU32, AtomicU64, Mutex, MutexGuard, Ordering, PoisonError};

/// How late a grant may be and still count from the instant it was due: two ticks of tokio's timer.
pub(super) const LATE: u64 = 2_000_000;

/// What only the slow ways need.
pub(super) struct Behind {
    pub(super) settings: Settings,
    /// Each place with the instant it is due, or after its grant with the one its token counts from.
    pub(super) queue: Queue<Stamp>,
    pub(super) waited: u64,
}

/// The state of one rate limit.
pub(crate) struct Core {
    /// When the bucket will be full again, and `SHUT`.
    pub(super) word: AtomicU64,
    /// Nanoseconds from one token to the next. These three change under the lock.
    pub(super) interval: AtomicU64,
    pub(super) burst: AtomicU32,
    /// The longest wait in nanoseconds, zero for none.
    pub(super) patience: AtomicU64,
    /// How many wait, copied from the queue under the lock, so that refusing needs no lock.
    pub(super) queued: AtomicU32,
    pub(super) rejected: AtomicU64,
    pub(super) behind: Mutex<Behind>,
}

impl Core {
    /// A token where there is one and nobody queues: one exchange.
    #[inline]
    pub(crate) fn take_plainly(&self, now: Stamp) -> bool {
        bucket::take(&self.word, 0, self.numbers(), now).is_ok()
    }

    /// A token, a place in the queue, or neither; `latest` is when a call must have its token to be of use.
    /// Takes a lock only to queue. Also says whether the clock lies behind the state, which then began anew.
    pub(crate) fn enter(
        core: &Ref<Self>,
        now: Stamp,
        latest: Stamp,
        clock: impl FnOnce() -> Stamp,
    ) -> (Entry, bool) {
        // Under overload most come here only to be refused: they pay no lock.
        let word = core.full_at();
        let waiting = core.queued.load(Ordering::Relaxed);
        let due = core.due(word, now, waiting);
        if due > core.end(now, latest) && !core.is_ahead(word, now) {
            return (core.refuse(due, now), false);
        }
        core.queue_up(core, latest, clock)
    }

    /// Takes back a token that counts from `from` and whose call was not sent.
    pub(super) fn give_back(&self, from: Stamp, now: Stamp) {
        let (interval, _) = self.numbers();
        if now < from || now > from.plus_nanos(interval) {
            return;
        }
        let mut word = self.word.load(Ordering::Relaxed);
        loop {
            let back = (word & !SHUT).saturating_sub(interval) | word & SHUT;
            match self.exchange(word, back) {
                Ok(_) => break,
                Err(changed) => word = changed,
            }
        }
        if word & SHUT != 0 {
            self.hand_on(now);
        }
    }

    /// Leaves the queue. The instant the token counts from that the place had been granted, or none and the instant
    /// it would have been due.
    pub(super) fn give_up(&self, place: Place, now: Stamp) -> Result<Stamp, Stamp> {
        let mut behind = self.lock();
        let value = behind.queue.value(place);
        let (granted, waker) = behind.queue.leave(place);
        self.count(&behind.queue);
        drop(behind);
        // A waker's drop is the executor's code: not under the lock.
        drop(waker);
        if granted {
            return Ok(value);
        }
        self.hand_on(now);
        Err(value)
    }

    /// The instant the token counts from that the place was granted, and the place is given up. Otherwise the
    /// instant to look again, and `waker` is woken when that becomes an earlier one.
    pub(super) fn collect(&self, place: Place, now: Stamp, waker: Waker) -> Result<Stamp, Stamp> {
        self.hand_on(now);
        let mut behind = self.lock();
        let granted = behind.queue.is_granted(place);
        let due = behind.queue.value(place);
        if granted {
            behind.queue.leave(place);
            drop(behind);
            return Ok(due);
        }
        // Those before it were granted late, so its own turn comes later, too: not before the first one's.
        let first = self.earliest(self.full_at()).max(now.plus_nanos(1));
        let due = if due > now { due } else { first };
        behind.queue.change(place, due);
        let unused = behind.queue.watch(place, waker);
        drop(behind);
        drop(unused);
        Err(due)
    }

    /// Grants every place that is due, and wakes the first of the others if it moved up.
    #[cold]
    pub(super) fn hand_on(&self, now: Stamp) {
        let mut more = true;
        while more {
            let mut behind = self.lock();
            let waker;
            (waker, more) = self.grant_one(&mut behind.queue, now);
            drop(behind);
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }

    /// The longest time a call waits in the queue; the driver owns the timer.
    pub(crate) fn wait(&self) -> Duration {
        Duration::from_nanos(self.patience.load(Ordering::Relaxed))
    }

    pub(super) fn count_rejected(&self) {
        self.rejected.fetch_add(1, Ordering::Relaxed);
    }

    /// What it shows.
    pub(crate) fn snapshot(&self, now: Stamp) -> Snapshot {
        let behind = self.lock();
        let (settings, waited) = (behind.settings, behind.waited);
        drop(behind);
        let (interval, burst) = self.numbers();
        let owed = self.full_at().saturating_sub(now.as_nanos());
        let owed = u32::try_from(owed.div_ceil(interval)).unwrap_or(u32::MAX);
        Snapshot {
            rate: settings.rate,
            burst,
            available: burst.saturating_sub(owed),
            queued: self.queued.load(Ordering::Relaxed),
            rejected: self.rejected.load(Ordering::Relaxed),
            waited,
        }
    }

    /// For those who found no token, or somebody before them.
    #[cold]
    fn queue_up(
        &self,
        core: &Ref<Self>,
        latest: Stamp,
        clock: impl FnOnce() -> Stamp,
    ) -> (Entry, bool) {
        let mut behind = self.lock();
        // The word before the clock: whatever was taken by then was taken before now.
        let word = self.full_at();
        let now = clock();
        let anew = behind.queue.waiting() == 0 && self.is_ahead(word, now);
        if anew {
            self.word.store(0, Ordering::Relaxed);
        }
        let end = self.end(now, latest);
        let due = match behind.queue.waiting() {
            0 => match self.take_or_shut(now, end) {
                Ok(()) => return (Entry::Entered(Token::taken(core.clone(), now)), anew),
                Err(due) => due,
            },
            waiting => self.due(self.full_at(), now, waiting),
        };
        if due > end {
            return (self.refuse(due, now), anew);
        }
        let place = behind.queue.join(due);
        behind.waited += 1;
        self.count(&behind.queue);
        drop(behind);
        (Entry::Queued(Waiting::at(core.clone(), place)), anew)
    }

    /// Under the lock, with nobody waiting: a token, or the instant of the next one. If that comes in time the way
    /// without the lock is closed, which only an empty bucket allows.
    fn take_or_shut(&self, now: Stamp, end: Stamp) -> Result<(), Stamp> {
        loop {
            let word = self.word.load(Ordering::Relaxed);
            let due = self.due(word, now, 0);
            if due <= now {
                if self.take_plainly(now) {
                    return Ok(());
                }
            } else if due > end || self.exchange(word, word | SHUT).is_ok() {
                return Err(due);
            }
        }
    }

    /// Under the lock: grants the first place if it is due, and says whether to go on; otherwise hands out the
    /// waker of the first one if it is due earlier than it knows.
    fn grant_one(&self, queue: &mut Queue<Stamp>, now: Stamp) -> (Option<Waker>, bool) {
        let Some(due) = queue.first() else {
            return (None, false);
        };
        let earliest = self.earliest(self.full_at());
        if earliest > now {
            let moved_up = std::mem::replace(due, earliest) > earliest;
            return (moved_up.then(|| queue.rouse_first()).flatten(), false);
        }
        let from = earliest.max(late(now));
        if bucket::take(&self.word, SHUT, self.numbers(), from).is_err() {
            // Someone has changed the numbers; whoever does that looks after the queue.
            return (None, false);
        }
        *due = from;
        let waker = queue.grant_first();
        self.count(queue);
        (waker, true)
    }

    /// Under the lock, after the queue has changed.
    fn count(&self, queue: &Queue<Stamp>) {
        self.queued.store(queue.waiting(), Ordering::Relaxed);
        if queue.waiting() == 0 {
            self.word.fetch_and(!SHUT, Ordering::Relaxed);
        }
    }

    /// When somebody with so many before it is due.
    pub(super) fn due(&self, word: u64, now: Stamp, before: u32) -> Stamp {
        let (interval, _) = self.numbers();
        let first = self.earliest(word & !SHUT).max(late(now));
        first.plus_nanos(interval.saturating_mul(before.into()))
    }

    /// The instant of the next token.
    fn earliest(&self, full_at: u64) -> Stamp {
        let (interval, burst) = self.numbers();
        Stamp::from_nanos(full_at.saturating_sub(interval * u64::from(burst - 1)))
    }

    /// When a call that comes now stops waiting.
    fn end(&self, now: Stamp, latest: Stamp) -> Stamp {
        let patience = self.patience.load(Ordering::Relaxed);
        now.plus_nanos(patience).min(latest).max(now)
    }

    /// More is owed than the bucket holds: by another clock, which was ahead of this one.
    fn is_ahead(&self, full_at: u64, now: Stamp) -> bool {
        let (interval, burst) = self.numbers();
        full_at > now.plus_nanos(interval * u64::from(burst)).as_nanos()
    }

    fn refuse(&self, due: Stamp, now: Stamp) -> Entry {
        self.count_rejected();
        // It is not zero: a token that is there at the first look may be gone at the second.
        let retry_after = due.since(now).max(Duration::from_nanos(1));
        Entry::Refused { retry_after }
    }

    pub(super) fn full_at(&self) -> u64 {
        self.word.load(Ordering::Relaxed) & !SHUT
    }

    #[inline]
    pub(super) fn numbers(&self) -> (u64, u32) {
        (
            self.interval.load(Ordering::Relaxed),
            self.burst.load(Ordering::Relaxed),
        )
    }

    pub(super) fn exchange(&self, word: u64, next: u64) -> Result<u64, u64> {
        self.word
            .compare_exchange_weak(word, next, Ordering::Relaxed, Ordering::Relaxed)
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Behind> {
        self.behind.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The earliest instant a grant of this moment may count from.
fn late(now: Stamp) -> Stamp {
    Stamp::from_nanos(now.as_nanos().saturating_sub(LATE))
}
