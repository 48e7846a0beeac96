//! The overrides of one scope: replaced as a whole, and handed to calls and states by name.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::calls::{self, address, interned, known_calls};
use super::error::Error;
use super::{Errors, Override, Set, What};
use crate::call::Site;
use crate::event::{self, Event};
use crate::registry::CallListing;
use crate::scope::Scope;
use crate::shared::{Listed, Shown};

/// What is overridden in one scope.
pub(crate) struct Layers {
    /// One change at a time; nothing else waits for it.
    changing: Mutex<()>,
    inner: RwLock<Inner>,
    /// Counted in `TUNED_SCOPES`.
    counted: AtomicBool,
}

struct Inner {
    sets: Vec<Arc<Set>>,
    version: u64,
    /// By the address of the site; none for those that nothing is said about.
    calls: BTreeMap<usize, Option<&'static Site>>,
    refused: Vec<(Override, String)>,
}

impl Layers {
    pub(crate) const fn new() -> Self {
        Self {
            changing: Mutex::new(()),
            inner: RwLock::new(Inner {
                sets: Vec::new(),
                version: 0,
                calls: BTreeMap::new(),
                refused: Vec::new(),
            }),
            counted: AtomicBool::new(false),
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The numbers of one call; what cannot work is told once, and left out.
    pub(super) fn tuned(&self, site: &'static Site) -> Option<&'static Site> {
        let at = address(site);
        let (sets, version) = {
            let inner = self.read();
            if inner.sets.is_empty() {
                return None;
            }
            if let Some(known) = inner.calls.get(&at) {
                return *known;
            }
            (inner.of_call(site), inner.version)
        };
        if sets.is_empty() {
            self.remember(at, version, None, &[]);
            return None;
        }
        let tuned = site.plan.tuned(&sets);
        let refused = tuned.as_ref().err().cloned().unwrap_or_default();
        let tuned = tuned.ok().map(|plan| interned(site, plan));
        if self.remember(at, version, tuned, &refused) {
            for (set, reason) in &refused {
                tell(set, reason);
            }
        }
        tuned
    }

    /// Whether this is the first to find it out, and nothing has changed meanwhile.
    fn remember(
        &self,
        at: usize,
        version: u64,
        tuned: Option<&'static Site>,
        refused: &[(Arc<Set>, String)],
    ) -> bool {
        let mut inner = self.write();
        if inner.version != version || inner.calls.contains_key(&at) {
            return false;
        }
        inner.calls.insert(at, tuned);
        let shown = |(set, reason): &(Arc<Set>, String)| (set.shown(), reason.clone());
        inner.refused.extend(refused.iter().map(shown));
        true
    }

    /// The numbers of one state, and the version they are of.
    fn of_state(&self, policy: &str, shown: &Shown) -> (u64, Vec<Arc<Set>>) {
        let inner = self.read();
        (inner.version, inner.of_state(policy, shown))
    }

    /// Hands a state its numbers, also one that has just been made. Tells nobody what could not work: it may be in the
    /// middle of being made, which an observer that uses it would wait for.
    pub(crate) fn tune(&self, listed: &dyn Listed) {
        let (version, sets) = self.of_state(listed.policy(), &listed.shown());
        if let Err(reason) = listed.tune(version, sets.clone()) {
            let mut inner = self.write();
            let refused = sets.iter().map(|set| (set.shown(), reason.clone()));
            inner.refused.extend(refused);
        }
    }

    /// A call as the registry lists it.
    pub(crate) fn listing(&self, site: &Site) -> CallListing {
        let sets = self.read().of_call(site);
        // What cannot work was left out.
        let tuned = site.plan.tuned(&sets).ok();
        let overrides = tuned.iter().flat_map(|_| &sets).map(|set| set.shown());
        CallListing {
            name: site.name,
            place: site.place(),
            dependency: site.dependency(),
            overrides: overrides.collect(),
            settings: tuned.as_ref().unwrap_or(&site.plan).settings(),
        }
    }

    /// Everything that is overridden.
    pub(crate) fn shown(&self) -> Vec<Override> {
        self.read().sets.iter().map(|set| set.shown()).collect()
    }

    /// What could not work where it was met.
    pub(crate) fn refused(&self) -> Vec<(Override, String)> {
        self.read().refused.clone()
    }

    /// Replaces everything by what `change` makes of it, if that can work with what is known so far.
    pub(crate) fn replace(
        &self,
        scope: &Scope,
        change: impl FnOnce(&[Arc<Set>]) -> Vec<Arc<Set>>,
    ) -> Result<(), Errors> {
        let listed = scope.listed();
        {
            let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
            let before = self.read().sets.clone();
            let next = Inner {
                sets: change(&before),
                version: self.read().version + 1,
                calls: BTreeMap::new(),
                refused: Vec::new(),
            };
            let errors = next.errors(&listed);
            if !errors.is_empty() {
                return Err(Errors(errors));
            }
            if !scope.is_process() && !self.counted.swap(true, Ordering::Relaxed) {
                calls::count_scope();
            }
            *self.write() = next;
            calls::ask_again();
        }
        // Without a lock, since new limits wake callers. States that were made meanwhile have met the new numbers.
        for listed in scope.listed() {
            self.tune(&*listed);
        }
        Ok(())
    }
}

/// Tells observers of what was left out.
fn tell(set: &Set, reason: &str) {
    event::emit(&Event::OverrideRefused {
        at: &set.at,
        reason,
    });
}

impl Drop for Layers {
    fn drop(&mut self) {
        if *self.counted.get_mut() {
            calls::forget_scope();
        }
    }
}

impl Inner {
    /// In the order in which they are to be laid over each other.
    fn pick(&self, about: impl Fn(&Set) -> bool) -> Vec<Arc<Set>> {
        let mut sets: Vec<_> = self.sets.iter().filter(|set| about(set)).cloned().collect();
        sets.sort_by_key(|set| {
            let special = match set.target.0 {
                What::Dependency(_) => 0,
                What::Call(_) => 1,
                What::State(..) => 2,
            };
            (set.origin, special)
        });
        sets
    }

    fn of_call(&self, site: &Site) -> Vec<Arc<Set>> {
        let dependency = site.dependency().map(|dependency| dependency.to_string());
        self.pick(|set| {
            matches!(set.key.section, "timeout" | "retry" | "on_unknown")
                && match set.target.0 {
                    What::Call(_) => set.is_named(site.name),
                    // Said of many at once, it is about those that have such a number.
                    What::Dependency(_) => {
                        dependency.as_ref().is_some_and(|name| set.is_named(name))
                            && site.plan.has(set.key)
                    }
                    What::State(..) => false,
                }
        })
    }

    fn of_state(&self, policy: &str, shown: &Shown) -> Vec<Arc<Set>> {
        if self.sets.is_empty() {
            return Vec::new();
        }
        let (name, call) = (shown.to_string(), shown.call());
        let dependency = shown.dependency();
        self.pick(|set| {
            set.key.section == policy
                && match set.target.0 {
                    What::State(..) => set.is_named(&name),
                    What::Dependency(_) => dependency.as_ref().is_some_and(|it| set.is_named(it)),
                    What::Call(_) => call.as_ref().is_some_and(|call| set.is_named(call)),
                }
        })
    }

    /// What cannot work with the calls and states that are known.
    fn errors(&self, listed: &[Arc<dyn Listed>]) -> Vec<Error> {
        let mut errors = Vec::new();
        for site in known_calls() {
            if let Err(refused) = site.plan.tuned(&self.of_call(site)) {
                let error = |(set, reason): (Arc<Set>, String)| {
                    Error::new(&set.at, &format!("`{}`: {reason}", site.name))
                };
                errors.extend(refused.into_iter().map(error));
            }
        }
        for listed in listed {
            let (policy, shown) = (listed.policy(), listed.shown());
            let sets = self.of_state(policy, &shown);
            if let Err(reason) = listed.check(&sets) {
                let at: Vec<_> = sets.iter().map(|set| set.at.as_str()).collect();
                let reason = format!("{policy} `{shown}`: {reason}");
                errors.push(Error::new(&at.join(", "), &reason));
            }
        }
        // Of two functions under one name each would say the same.
        let mut seen = std::collections::BTreeSet::new();
        errors.retain(|error| seen.insert((error.at.clone(), error.reason.clone())));
        errors
    }
}
