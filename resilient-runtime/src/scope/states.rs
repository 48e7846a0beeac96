//! The states of one scope: those it keeps, found by name or address, and those it lists for their clients.

use std::any::TypeId;
use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use crate::shared::{Entry, Listed, State};

/// What tells a state from others of its policy in one scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Identity {
    /// All that write this name in this crate.
    Name {
        krate: &'static str,
        name: &'static str,
    },
    /// One `static`.
    Address(usize),
}

/// Kept states live as long as the scope; lent ones as long as their clients.
pub(crate) struct States {
    kept: BTreeMap<(TypeId, Identity), Arc<dyn Listed>>,
    lent: Vec<Weak<dyn Listed>>,
    /// When `lent` has grown to this, the dead are taken out: twice the living, so that the cost stays
    /// constant per client and the memory within twice what is alive.
    sweep_at: usize,
}

const LEAST_SWEEP: usize = 16;

impl States {
    pub(crate) const fn new() -> Self {
        Self {
            kept: BTreeMap::new(),
            lent: Vec::new(),
            sweep_at: LEAST_SWEEP,
        }
    }

    /// The state of this identity, and whether it was there already.
    pub(crate) fn keep<S: State>(
        &mut self,
        identity: Identity,
        make: impl FnOnce() -> Entry<S>,
    ) -> (Arc<Entry<S>>, bool) {
        let key = (TypeId::of::<S>(), identity);
        if let Some(entry) = self.kept.get(&key) {
            let entry = Arc::clone(entry).as_any().downcast();
            return (entry.expect("the key says which policy it is"), true);
        }
        let entry = Arc::new(make());
        self.kept.insert(key, Arc::clone(&entry) as Arc<dyn Listed>);
        (entry, false)
    }

    pub(crate) fn lend<S: State>(&mut self, entry: &Arc<Entry<S>>) {
        if self.lent.len() >= self.sweep_at {
            self.lent.retain(|lent| lent.strong_count() > 0);
            self.sweep_at = (self.lent.len() * 2).max(LEAST_SWEEP);
        }
        let entry: Weak<Entry<S>> = Arc::downgrade(entry);
        self.lent.push(entry);
    }

    pub(crate) fn all(&self) -> Vec<Arc<dyn Listed>> {
        let lent = self.lent.iter().filter_map(Weak::upgrade);
        self.kept.values().cloned().chain(lent).collect()
    }

    /// How many entries take up memory, dead clients' included.
    #[cfg(test)]
    pub(crate) fn remembered(&self) -> usize {
        self.kept.len() + self.lent.len()
    }
}
