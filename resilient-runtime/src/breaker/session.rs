//! Holding a breaker's lock: harvest what was counted without it, let the machine work, publish.

use crate::clock::Stamp;
use crate::sync::Ordering::{Relaxed, Release};
use crate::sync::{MutexGuard, PoisonError};

use super::event::{Admission, Ended, Outcome, Transition};
use super::shell::Core;
use super::state::Machine;

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) machine: Machine,
    /// The tag published last.
    pub(super) tag: u32,
    /// How many transitions there were.
    pub(super) transitions: u32,
    /// A transition nobody was told of: it happened in a `Drop` or a reset. The next call to pass here
    /// reports it; until then the word is marked as owing. Boxed because it is almost never there.
    pub(super) owed: Option<Box<Transition>>,
}

const TAG_SHIFT: u32 = 32;
pub(super) const COUNT: u64 = u32::MAX as u64;

impl Core {
    /// Takes the lock and harvests.
    pub(super) fn session(&self) -> Session<'_> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let places = std::iter::once(&self.parked).chain(self.stripes.all());
        let successes: u64 = places.map(|place| place.swap(0, Relaxed) & COUNT).sum();
        inner
            .machine
            .absorb(u32::try_from(successes).unwrap_or(u32::MAX));
        Session { core: self, inner }
    }

    fn publish(&self, inner: &mut Inner) {
        let published = inner.machine.published();
        let word = published.word.owed(inner.owed.is_some());
        self.from.store(published.from.as_nanos(), Release);
        self.until.store(published.until.as_nanos(), Release);
        self.state.store(word.bits(), Release);
        if published.park {
            inner.tag = inner.tag.checked_add(1).unwrap_or(1);
            let word = u64::from(inner.tag) << TAG_SHIFT;
            self.parked.store(word, Release);
            for place in self.stripes.all() {
                place.store(word, Release);
            }
        }
    }
}

/// Who holds the lock; publishes when done, also when the clock panicked.
pub(super) struct Session<'a> {
    core: &'a Core,
    pub(super) inner: MutexGuard<'a, Inner>,
}

impl Session<'_> {
    /// Reads the clock under the lock, so that a thread held up before it cannot bring an old reading.
    pub(super) fn record(
        &mut self,
        admission: Admission,
        outcome: Outcome,
        end: &mut dyn FnMut() -> Stamp,
    ) -> Option<Transition> {
        let machine = &mut self.inner.machine;
        let needed = machine.needs_end(admission, outcome);
        let at = if needed { end() } else { admission.at };
        let ended = Ended {
            outcome,
            at,
            random: fastrand::f64(),
        };
        machine.record(admission, ended)
    }

    /// Counts the transition and hands it out; an owed one comes first, and the new one is owed in its place.
    pub(super) fn report(&mut self, new: Option<Transition>) -> Option<Transition> {
        self.count(new);
        match self.inner.owed.take() {
            Some(owed) => {
                self.inner.owed = new.map(Box::new);
                Some(*owed)
            }
            None => new,
        }
    }

    /// Counts the transition and keeps it for the next one who can report it. If one is kept already both
    /// become one.
    pub(super) fn owe(&mut self, new: Option<Transition>) {
        self.count(new);
        if let Some(new) = new {
            let from = self.inner.owed.as_ref().map_or(new.from, |owed| owed.from);
            self.inner.owed = Some(Box::new(Transition { from, ..new }));
        }
    }

    fn count(&mut self, new: Option<Transition>) {
        let more = u32::from(new.is_some());
        self.inner.transitions = self.inner.transitions.saturating_add(more);
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        self.core.publish(&mut self.inner);
    }
}
