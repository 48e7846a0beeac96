//! One state as a scope holds it: the live state, its keyed parts, and every place that wrote it down.

use std::any::Any;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::{Place, Ref, Shown, State};
use crate::clock::Stamp;
use crate::config::Set;
use crate::event::{self, Event};
use crate::keyed::{KeyHash, Keyed};
use crate::registry::{Listing, Problem, WrittenAt};

/// The live state of one name, `static` or field in one scope.
pub(crate) struct Entry<S: State> {
    shown: Shown,
    max_keys: u32,
    state: Arc<S>,
    keyed: OnceLock<Keyed<S>>,
    written: Mutex<Written<S::Settings>>,
}

/// Where the state is written down, and the settings that are to hold.
struct Written<T> {
    mentions: Vec<Mention<T>>,
    /// What the source says, and operators.
    base: T,
    /// What is laid over it, and of which version that is.
    over: Vec<Arc<Set>>,
    version: u64,
}

/// One place in the source that wrote the state down, and the settings it gave.
#[derive(Clone, Copy)]
pub(crate) struct Mention<T> {
    /// The address of the `static`: quick to compare, and known from the first use on.
    pub(crate) by: usize,
    pub(crate) place: Place,
    pub(crate) settings: T,
}

impl<S: State> Entry<S> {
    pub(crate) fn new(shown: Shown, first: Mention<S::Settings>, max_keys: u32) -> Self {
        Self {
            shown,
            max_keys,
            state: Arc::new(S::new(first.settings)),
            keyed: OnceLock::new(),
            written: Mutex::new(Written {
                mentions: vec![first],
                base: first.settings,
                over: Vec::new(),
                version: 0,
            }),
        }
    }

    pub(crate) fn shown(&self) -> Shown {
        self.shown
    }

    pub(crate) fn state(&self) -> &Arc<S> {
        &self.state
    }

    /// The state of this key, or the one shared by all keys for which there is no room.
    pub(crate) fn keyed(&self, key: KeyHash) -> Ref<S> {
        let keyed = self.keyed.get_or_init(|| Keyed::new(self.max_keys));
        let found = keyed.get(key, Stamp::now, |now| self.state.another(now));
        if found.began_to_overflow {
            event::emit(&Event::KeyOverflow {
                policy: S::POLICY,
                state: self.shown,
                bound: keyed.bound(),
            });
        }
        Ref::Owned(found.state)
    }

    /// Another place names this state. Settings that differ make the stricter of both hold.
    pub(crate) fn mention(&self, other: Mention<S::Settings>) {
        let mut written = self.written();
        let known = &written.mentions;
        if known.iter().any(|known| known.by == other.by) {
            return;
        }
        // Settings that were known before say nothing new, also when an operator has changed them since.
        let agrees = known.iter().any(|known| known.settings == other.settings);
        written.mentions.push(other);
        if !agrees {
            written.base = S::stricter(written.base, other.settings);
            drop(written);
            self.apply();
        }
    }

    /// The settings that hold.
    pub(crate) fn settings(&self) -> S::Settings {
        let written = self.written();
        tuned::<S>(written.base, &written.over).unwrap_or(written.base)
    }

    /// Whether something else than the source and operators says this number.
    pub(crate) fn is_overridden(&self, name: &str) -> bool {
        let written = self.written();
        written.over.iter().any(|set| set.key.name == name)
    }

    /// Changes the settings of the state and of all its keys.
    pub(crate) fn change(&self, change: impl FnOnce(&mut S::Settings)) {
        change(&mut self.written().base);
        self.apply();
    }

    /// Hands the settings to the states, without a lock, since this may wake callers. Whoever finds that they
    /// have changed meanwhile does it again, so the last to finish has handed out the latest.
    fn apply(&self) {
        let mut settings = self.settings();
        loop {
            self.each(|state| state.configure(settings));
            let latest = self.settings();
            if latest == settings {
                return;
            }
            settings = latest;
        }
    }

    /// Does something to the state itself and then to that of every key. In this order nothing is missed:
    /// a key that is met meanwhile either copies the changed state or is already among the keys.
    pub(crate) fn each(&self, mut what: impl FnMut(&S)) {
        what(&self.state);
        let keyed = self.keyed.get().map(Keyed::all).unwrap_or_default();
        for state in &keyed {
            what(state);
        }
    }

    fn written(&self) -> MutexGuard<'_, Written<S::Settings>> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn written_at(&self) -> Vec<WrittenAt> {
        let written = self.written();
        let text = |known: &Mention<S::Settings>| WrittenAt {
            place: known.place,
            settings: format!("{:?}", known.settings),
        };
        written.mentions.iter().map(text).collect()
    }
}

/// Settings with overrides laid over them.
fn tuned<S: State>(mut settings: S::Settings, over: &[Arc<Set>]) -> Result<S::Settings, String> {
    for set in over {
        S::tune(&mut settings, set.key.name, set.value);
    }
    // What the source says alone is `validate`'s business.
    if !over.is_empty() {
        S::validate_tuned(&settings)?;
    }
    Ok(settings)
}

/// An [`Entry`] of any policy, as the registry lists it.
pub(crate) trait Listed: Send + Sync {
    fn policy(&self) -> &'static str;
    fn shown(&self) -> Shown;
    fn listing(&self, now: Stamp) -> Listing;
    fn problems(&self, into: &mut Vec<Problem>);
    /// What cannot work if these were laid over its settings.
    fn check(&self, over: &[Arc<Set>]) -> Result<(), String>;
    /// Lays these over its settings, unless it knows later ones; if they cannot work, nothing.
    fn tune(&self, version: u64, over: Vec<Arc<Set>>) -> Result<(), String>;
    fn as_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync>;
}

impl<S: State> Listed for Entry<S> {
    fn policy(&self) -> &'static str {
        S::POLICY
    }

    fn shown(&self) -> Shown {
        self.shown
    }

    fn listing(&self, now: Stamp) -> Listing {
        Listing {
            policy: S::POLICY,
            name: self.shown,
            written_at: self.written_at(),
            settings: format!("{:?}", self.settings()),
            live: self.state.live(now),
            keys: self.keyed.get().map(Keyed::snapshot),
            overrides: self.written().over.iter().map(|set| set.shown()).collect(),
        }
    }

    fn problems(&self, into: &mut Vec<Problem>) {
        let written_at = self.written_at();
        if written_at
            .windows(2)
            .any(|pair| pair[0].settings != pair[1].settings)
        {
            into.push(Problem::Conflict {
                policy: S::POLICY,
                name: self.shown,
                written_at: written_at.clone(),
                holds: format!("{:?}", self.settings()),
            });
        }
        for known in &self.written().mentions {
            if let Err(reason) = S::validate(&known.settings) {
                into.push(Problem::Invalid {
                    policy: S::POLICY,
                    name: self.shown,
                    place: known.place,
                    reason,
                });
            }
        }
    }

    fn check(&self, over: &[Arc<Set>]) -> Result<(), String> {
        tuned::<S>(self.written().base, over).map(drop)
    }

    fn tune(&self, version: u64, over: Vec<Arc<Set>>) -> Result<(), String> {
        let mut written = self.written();
        if version < written.version || (over.is_empty() && written.over.is_empty()) {
            return Ok(());
        }
        let checked = tuned::<S>(written.base, &over);
        written.version = version;
        written.over = if checked.is_ok() { over } else { Vec::new() };
        drop(written);
        self.apply();
        checked.map(drop)
    }

    fn as_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync> {
        self
    }
}
