//! Who listens: observers come, are told, and go.
//!
//! In: a function and an [`Event`]. Out: a call of every observer of the current scope, outside of any lock. Refuses to
//! let an observer's panic reach a call, or an observer that answers events with events to go on for ever.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::Event;
use crate::config;
use crate::context;
use crate::scope::{Contents, Scope};

/// Whom a scope tells.
pub(crate) type Observer = Arc<dyn Fn(&Event<'_>) + Send + Sync>;

/// An observer that answers events with commands, and so with events, is heard this many levels deep.
pub(super) const DEEPEST: u32 = 8;

/// Whether anybody in the process observes.
#[inline]
pub(crate) fn listening() -> bool {
    config::listening()
}

/// Tells the observers of the current scope. Never call it while holding a lock.
#[cold]
pub(super) fn deliver(event: &Event<'_>) {
    if context::observing() >= DEEPEST {
        return;
    }
    let Some(observers) = context::current_scope().observers() else {
        return;
    };
    let _deeper = context::enter_observing();
    for (_, observer) in observers.iter() {
        // The panic hook has reported it; a call, maybe one being dropped, must not die of its log.
        let _contained = catch_unwind(AssertUnwindSafe(|| observer(event)));
    }
}

/// The observers of one scope, in the order they came, each under a number of its own.
pub(crate) struct Observers(Mutex<Option<Numbered>>);

/// All of one moment.
type Numbered = Arc<[(u64, Observer)]>;

impl Observers {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// Adds one; its number is what it is taken out by.
    pub(crate) fn add(&self, observer: Observer) -> u64 {
        let mut observers = self.lock();
        let known = observers.iter().flat_map(|known| known.iter()).cloned();
        let number = known
            .clone()
            .map(|(number, _)| number + 1)
            .max()
            .unwrap_or(0);
        *observers = Some(known.chain([(number, observer)]).collect());
        config::count_listener();
        number
    }

    /// Takes one out. What it holds is dropped by whoever told it last, outside of the lock.
    fn remove(&self, number: u64) {
        let before = {
            let mut observers = self.lock();
            let Some(known) = observers.take() else {
                return;
            };
            let others = known.iter().filter(|(other, _)| *other != number).cloned();
            let others: Arc<[_]> = others.collect();
            config::forget_listeners(known.len() - others.len());
            *observers = (!others.is_empty()).then_some(others);
            known
        };
        drop(before);
    }

    /// Those of this moment: observers that come during a delivery hear the next event.
    pub(crate) fn all(&self) -> Option<Numbered> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Numbered>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Observers {
    fn drop(&mut self) {
        let known = self.all().map_or(0, |known| known.len());
        config::forget_listeners(known);
    }
}

/// An observer that stays until this is dropped; see [`Scope::subscribe`].
///
/// An event that is being delivered on another thread at that moment may still reach it. It does not keep its scope.
#[must_use = "the observer goes when this is dropped; `Scope::observe` is for one that stays"]
pub struct Subscription {
    /// None for the process scope.
    scope: Option<Weak<Contents>>,
    number: u64,
}

impl Subscription {
    pub(crate) const fn new(scope: Option<Weak<Contents>>, number: u64) -> Self {
        Self { scope, number }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let scope = match &self.scope {
            None => Scope::process(),
            Some(scope) => match scope.upgrade() {
                None => return,
                contents => Scope::of(contents),
            },
        };
        scope.with_observers(|observers| observers.remove(self.number));
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subscription")
    }
}
