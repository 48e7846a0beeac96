//! The breaker's shell: atomics for the calls that need no decision, the machine behind a lock for the rest.
//!
//! In go `look`, `admit` and `record`; out come admissions, refusals and at most one [`Transition`] each,
//! for the caller to report. Nothing is called under the lock except the clock.
//!
//! # What is read and written without the lock, and why that is enough
//!
//! Only the holder of the lock stores to `state`, `from`, `until` and `slow`; everybody adds to a word in which
//! successes are parked: `parked`, or once two threads have met there one of `stripes`. Every holder goes through the same
//! three steps:
//!
//! 1. *harvest*: swaps zero into every one of these words. Zero is never a valid word, so from here on nobody can park;
//! 2. change the machine;
//! 3. *publish*: `from`, `until`, `state` in this order, then the words with a tag never used before
//!    (or zero, if every success has to ask the machine). All are release stores.
//!
//! The words do not know of each other: what follows holds for each of them by itself.
//!
//! **A success is never counted for another cycle or bucket than the one it was checked against.** The
//! parking call loads its word (acquire), then `state`, `from`, `until` (acquire), compares, and swaps
//! `parked + 1` in by compare-exchange. Having seen tag T it sees the three at least as new as T's. If it
//! saw one of them newer than T's, that store was released after the harvest that ended T, so the harvest
//! happens before the exchange; coherence then makes the exchange see the harvested word, whose tag is
//! not T, and fail. Tags wrap after 2^32 publications, which would have to pass between two instructions.
//!
//! **No count is lost.** An exchange that succeeds precedes the harvest in the word's own order, and the
//! harvest is a read-modify-write: it takes every count there is.
//!
//! **A refusal never rests on an older phase's times** (a flag raised before its stamp is written lets a
//! caller probe at once): times are stored before the word that gives them a meaning, and loaded after
//! it. The reverse mix, an older word with newer times, is a transition caught half way: the caller is
//! refused as it would have been a moment earlier, or goes to the lock and is judged there.
//!
//! **A success that changes nothing** is one acquire load of `state`: whoever is about to make the next success count for
//! something says so there before the lock is free, and this one came before.
//!
//! **An admission is one acquire load** of `state`. A call that read "closed" just before the breaker
//! opened was admitted before it opened; its outcome carries the old cycle and decides nothing.

use std::time::Duration;

use crate::clock::Stamp;
use crate::stripes::Stripes;
use crate::sync::Ordering::{Acquire, Relaxed};
use crate::sync::{AtomicU64, Mutex};

use super::Phase;
use super::change::is_behind;
use super::event::{Admission, Forced, Outcome, Refused, Transition};
use super::session::{COUNT, Inner};
use super::snapshot::Snapshot;
use super::word::Word;

/// `slow` when no call is.
pub(super) const NEVER_SLOW: u64 = u64::MAX;

/// One breaker.
#[derive(Debug)]
pub(crate) struct Core {
    /// A [`Word`].
    pub(super) state: AtomicU64,
    /// `tag (32 bits) | successes (32)` of the newest bucket that the machine does not know of yet;
    /// zero while every success has to ask the machine.
    pub(super) parked: AtomicU64,
    /// The same for one thread each, once two have met at `parked`.
    pub(super) stripes: Stripes,
    /// Counting: the newest bucket. Open: the open time. See [`super::event::Published`].
    pub(super) from: AtomicU64,
    pub(super) until: AtomicU64,
    /// From how many nanoseconds on a call is slow.
    pub(super) slow: AtomicU64,
    pub(super) rejected: AtomicU64,
    pub(super) inner: Mutex<Inner>,
}

impl Core {
    /// Whether a call would be let through; takes nothing.
    ///
    /// # Errors
    /// When it is open, or half-open with every slot taken.
    #[inline]
    pub(crate) fn look(&self, now: Stamp) -> Result<(), Refused> {
        let word = self.word();
        if word.lets_all_through() {
            Ok(())
        } else {
            self.refused(word, now).map_or(Ok(()), Err)
        }
    }

    /// Whether the next call that [`Core::admit`] sees has a transition to tell of.
    #[inline]
    pub(crate) fn is_owed(&self) -> bool {
        self.word().is_owed()
    }

    /// Whether it is closed, or told to let all calls through.
    pub(crate) fn lets_all_through(&self) -> bool {
        self.word().lets_all_through()
    }

    /// Lets a call through or refuses it; half-open it gets a probe's slot.
    ///
    /// What is let through must come back by [`Core::record`]; a [`super::Ticket`] sees to that.
    #[inline]
    pub(crate) fn admit(&self, now: Stamp) -> (Result<Admission, Refused>, Option<Transition>) {
        match self.admit_plainly(now) {
            Some(admission) => (Ok(admission), None),
            None => self.admit_or_refuse(self.word(), now),
        }
    }

    /// The same where nothing is to be decided: closed, and nothing to tell. One load. `now` may be "never" where
    /// [`Core::is_timeless`] said so, even if it was so only then.
    #[inline]
    pub(crate) fn admit_plainly(&self, now: Stamp) -> Option<Admission> {
        let word = self.word();
        word.is_plainly_closed().then(|| Admission::new(word, now))
    }

    /// How an admitted call ended. `end` is called when the end time is needed: for every failure, for
    /// probes, with `slow` set, and for successes that began before the newest bucket.
    #[inline]
    pub(crate) fn record(
        &self,
        admission: Admission,
        outcome: Outcome,
        end: impl FnOnce() -> Stamp,
    ) -> Option<Transition> {
        if outcome == Outcome::Success && self.succeed_plainly(admission) {
            return None;
        }
        self.record_slowly(admission, outcome, end)
    }

    /// Records a success where nothing is to be decided: one read-modify-write, or where it would change nothing at
    /// all one load. False: nothing was done, and [`Core::record`] has to do it.
    #[expect(clippy::inline_always, reason = "this is the way every call takes")]
    #[inline(always)]
    pub(crate) fn succeed_plainly(&self, admission: Admission) -> bool {
        self.word().ignores_successes()
            || self.slow.load(Relaxed) == NEVER_SLOW && self.park(admission.word, admission.at)
    }

    /// Whether a call can be admitted now, and succeed, without any reading of the clock: its admission may say "never".
    #[inline]
    pub(crate) fn is_timeless(&self) -> bool {
        self.word().is_plainly_closed_and_timeless()
    }

    /// Counts a success of this time without the lock; false if the machine has to see it.
    #[expect(clippy::inline_always, reason = "this is the way every call takes")]
    #[inline(always)]
    fn park(&self, word: Word, at: Stamp) -> bool {
        if self.stripes.are_there() {
            return self.park_apart(word, at);
        }
        match self.park_in(&self.parked, word, at) {
            Some(done) => done,
            None => self.spread(word, at),
        }
    }

    /// The same where each thread has a word of its own.
    #[inline(never)]
    fn park_apart(&self, word: Word, at: Stamp) -> bool {
        let place = self.stripes.mine().unwrap_or(&self.parked);
        loop {
            if let Some(done) = self.park_in(place, word, at) {
                return done;
            }
        }
    }

    /// Two threads have met: from now on each has a word of its own.
    #[cold]
    fn spread(&self, word: Word, at: Stamp) -> bool {
        let session = self.session();
        self.stripes.grow(0);
        // Puts the tag into them.
        drop(session);
        self.park_apart(word, at)
    }

    /// One try with this word; none if another thread was there at the same time.
    #[expect(clippy::inline_always, reason = "this is the way every call takes")]
    #[inline(always)]
    fn park_in(&self, place: &AtomicU64, word: Word, at: Stamp) -> Option<bool> {
        let parked = place.load(Acquire);
        // Zero: nothing may be parked. All ones below: one more would run into the tag.
        if parked == 0 || parked & COUNT == COUNT {
            return Some(false);
        }
        if !word.is_same_cycle(self.word()) {
            return Some(true);
        }
        let (from, until) = self.span();
        if at < from || at >= until {
            return Some(false);
        }
        let counted = place.compare_exchange(parked, parked + 1, Relaxed, Relaxed);
        counted.is_ok().then_some(true)
    }

    /// Successes that need their end time to be parked, and everything the machine has to see.
    #[cold]
    #[inline(never)]
    fn record_slowly(
        &self,
        admission: Admission,
        outcome: Outcome,
        end: impl FnOnce() -> Stamp,
    ) -> Option<Transition> {
        let slow = self.slow.load(Relaxed);
        // One that began before the newest bucket belongs where it ended.
        let timed = slow != NEVER_SLOW || admission.at < self.span().0;
        if outcome == Outcome::Success && timed && self.parked.load(Relaxed) != 0 {
            let at = end();
            if admission.took(at) < slow && self.park(admission.word, at) {
                return None;
            }
            return self.decide(admission, outcome, &mut || at);
        }
        let mut end = Some(end);
        let mut read = Stamp::NEVER;
        self.decide(admission, outcome, &mut || {
            read = end.take().map_or(read, |end| end());
            read
        })
    }

    #[inline(never)]
    fn decide(
        &self,
        admission: Admission,
        outcome: Outcome,
        end: &mut dyn FnMut() -> Stamp,
    ) -> Option<Transition> {
        if !self.concerns(admission, outcome) {
            return None;
        }
        let mut session = self.session();
        let transition = session.record(admission, outcome, end);
        session.report(transition)
    }

    /// The same for a call that was dropped: nobody is there to report the transition, so the next one does.
    #[cold]
    #[inline(never)]
    pub(super) fn decide_silently(
        &self,
        admission: Admission,
        outcome: Outcome,
        end: &mut dyn FnMut() -> Stamp,
    ) {
        if self.concerns(admission, outcome) {
            let mut session = self.session();
            let transition = session.record(admission, outcome, end);
            session.owe(transition);
        }
    }

    /// False for outcomes that change nothing whatever the machine's state is.
    fn concerns(&self, admission: Admission, outcome: Outcome) -> bool {
        admission.word.is_same_cycle(self.word())
            && (admission.is_probe() || outcome != Outcome::Ignored)
    }

    #[cold]
    #[inline(never)]
    fn admit_or_refuse(
        &self,
        word: Word,
        now: Stamp,
    ) -> (Result<Admission, Refused>, Option<Transition>) {
        if !word.is_owed() {
            if word.lets_all_through() {
                return (Ok(Admission::new(word, now)), None);
            }
            if let Some(refused) = self.refused(word, now) {
                return (Err(refused), None);
            }
        }
        let mut session = self.session();
        let (admission, transition) = session.inner.machine.admit(now);
        if admission.is_err() {
            self.rejected.fetch_add(1, Relaxed);
        }
        (admission, session.report(transition))
    }

    /// The refusal that a phase which does not let all through has for a call at `now`, if any.
    fn refused(&self, word: Word, now: Stamp) -> Option<Refused> {
        let retry_after = if word.phase() == Phase::ForcedOpen {
            None
        } else {
            let (from, until) = self.span();
            // A reading of another clock is for the machine to deal with.
            if now >= until || is_behind(now, from) {
                return None;
            }
            Some(until.since(now))
        };
        self.rejected.fetch_add(1, Relaxed);
        Some(Refused { retry_after })
    }

    /// What an operator decides; none if it is so already.
    pub(crate) fn force(&self, forced: Forced, now: Stamp) -> Option<Transition> {
        let mut session = self.session();
        let transition = session.inner.machine.force(forced, now);
        session.report(transition)
    }

    /// Opens it as if it had failed, for its own time or another; none if it is open already.
    pub(crate) fn trip(&self, open_for: Option<Duration>, now: Stamp) -> Option<Transition> {
        let mut session = self.session();
        let random = fastrand::f64();
        let transition = session.inner.machine.trip(open_for, now, random);
        session.report(transition)
    }

    /// What there is to see at `now`. Changes nothing: an open time that passed is over at the next call.
    pub(crate) fn snapshot(&self, now: Stamp) -> Snapshot {
        let session = self.session();
        Snapshot {
            rejected: self.rejected.load(Relaxed),
            transitions: session.inner.transitions,
            ..Snapshot::of(&session.inner.machine, now)
        }
    }

    #[inline]
    fn word(&self) -> Word {
        Word::from_bits(self.state.load(Acquire))
    }

    #[inline]
    fn span(&self) -> (Stamp, Stamp) {
        let (from, until) = (self.from.load(Acquire), self.until.load(Acquire));
        (Stamp::from_nanos(from), Stamp::from_nanos(until))
    }
}
