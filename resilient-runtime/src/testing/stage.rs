//! The scripts of one scope: which function does what in its next attempt.
//!
//! In: steps, by the name of a function, and attempts that ask for theirs. Out: a step, or none for the real body; what is left
//! over at the end. Refuses nothing: it runs no code of anybody under its lock.

use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::names::is_named;
use crate::rejected::Kind;

/// How many scripts there are in the process.
static SCRIPTS: AtomicUsize = AtomicUsize::new(0);

/// Whether any attempt in the process may be scripted.
#[inline]
pub(crate) fn is_set() -> bool {
    SCRIPTS.load(Ordering::Relaxed) != 0
}

/// What one attempt does instead of its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    /// It waits so long,
    pub(crate) after: Duration,
    /// and then does this.
    pub(crate) then: Then,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    Body,
    Hang,
    Panic,
    End(Kind),
}

/// What is left of a script when it ends.
#[derive(Debug, Default)]
pub(crate) struct Left {
    /// Steps that no attempt took.
    pub(crate) steps: Vec<Step>,
    /// Steps that were taken.
    pub(crate) taken: usize,
    /// Every function with a policy that ran while there was a script, in the order of names.
    pub(crate) ran: Vec<&'static str>,
}

#[derive(Default)]
struct Scripted {
    number: u64,
    name: String,
    steps: VecDeque<Step>,
    /// The last step is repeated for ever.
    for_ever: bool,
    taken: usize,
}

#[derive(Default)]
struct Inner {
    scripts: Vec<Scripted>,
    ran: BTreeSet<&'static str>,
    next: u64,
}

impl Inner {
    /// The oldest script of this function that has steps left.
    fn of(&mut self, call: &str) -> Option<&mut Scripted> {
        let mut scripts = self.scripts.iter_mut();
        scripts.find(|script| !script.steps.is_empty() && is_named(call, &script.name))
    }
}

/// The scripts of one scope.
#[derive(Default)]
pub(crate) struct Stage {
    inner: Mutex<Option<Inner>>,
    hanging: Mutex<Option<Arc<AtomicUsize>>>,
}

impl Stage {
    pub(crate) const fn new() -> Self {
        Self {
            inner: Mutex::new(None),
            hanging: Mutex::new(None),
        }
    }

    /// A script without steps; its number is what it is changed by.
    pub(super) fn add(&self, name: &str) -> u64 {
        SCRIPTS.fetch_add(1, Ordering::Relaxed);
        let mut guard = self.lock();
        let inner = guard.get_or_insert_default();
        inner.next += 1;
        let number = inner.next;
        inner.scripts.push(Scripted {
            number,
            name: name.to_owned(),
            ..Scripted::default()
        });
        number
    }

    pub(super) fn push(&self, number: u64, step: Step) {
        self.change(number, |script| script.steps.push_back(step));
    }

    /// Another so many of the last step; without one nothing.
    pub(super) fn repeat_last(&self, number: u64, times: usize) {
        self.change(number, |script| {
            if let Some(last) = script.steps.back().copied() {
                script.steps.extend(std::iter::repeat_n(last, times));
            }
        });
    }

    pub(super) fn for_ever(&self, number: u64) {
        self.change(number, |script| script.for_ever = true);
    }

    /// How many attempts took a step.
    pub(super) fn taken(&self, number: u64) -> usize {
        let mut taken = 0;
        self.change(number, |script| taken = script.taken);
        taken
    }

    /// Takes a script away.
    pub(super) fn remove(&self, number: u64) -> Left {
        SCRIPTS.fetch_sub(1, Ordering::Relaxed);
        let mut guard = self.lock();
        let Some(inner) = guard.as_mut() else {
            return Left::default();
        };
        let ran = inner.ran.iter().copied().collect();
        let place = inner
            .scripts
            .iter()
            .position(|script| script.number == number);
        let Some(script) = place.map(|place| inner.scripts.remove(place)) else {
            return Left::default();
        };
        let repeats = script.for_ever && script.taken > 0;
        let mut steps = Vec::from(script.steps);
        if repeats {
            // The one that repeats has been taken.
            steps.pop();
        }
        Left {
            steps,
            taken: script.taken,
            ran,
        }
    }

    /// What the next attempt will do; none for its body.
    pub(crate) fn peek(&self, call: &'static str) -> Option<Step> {
        let mut guard = self.lock();
        let script = guard.as_mut()?.of(call)?;
        script.steps.front().copied()
    }

    /// What this attempt does; none for its body.
    pub(crate) fn next(&self, call: &'static str) -> Option<Step> {
        let mut guard = self.lock();
        let inner = guard.as_mut()?;
        inner.ran.insert(call);
        let script = inner.of(call)?;
        script.taken += 1;
        if script.for_ever && script.steps.len() == 1 {
            return script.steps.front().copied();
        }
        script.steps.pop_front()
    }

    /// One more attempt hangs, for as long as what is returned lives.
    pub(crate) fn hang(&self) -> Hanging {
        let count = self.count();
        count.fetch_add(1, Ordering::Relaxed);
        Hanging(count)
    }

    /// Whether an attempt hangs.
    pub(super) fn hangs(&self) -> bool {
        self.count().load(Ordering::Relaxed) > 0
    }

    fn count(&self) -> Arc<AtomicUsize> {
        let mut hanging = self.hanging.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(hanging.get_or_insert_default())
    }

    fn change(&self, number: u64, change: impl FnOnce(&mut Scripted)) {
        let mut guard = self.lock();
        let scripts = guard.iter_mut().flat_map(|inner| inner.scripts.iter_mut());
        let mut of_number = scripts.filter(|script| script.number == number);
        if let Some(script) = of_number.next() {
            change(script);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Inner>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An attempt that hangs.
pub(crate) struct Hanging(Arc<AtomicUsize>);

impl Drop for Hanging {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
