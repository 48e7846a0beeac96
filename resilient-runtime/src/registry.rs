//! What has been called or registered in a scope: to look at, to check, and to steer by name.
//!
//! In: the scope. Out: a [`Snapshot`], every [`Problem`] at once, or a changed policy. Refuses names nobody has
//! used, with the one that was probably meant. No lock of the scope is held while policies are asked.

pub(crate) mod closest;
mod command;
mod snapshot;

#[cfg(feature = "testing")]
pub(crate) use closest::closest;

pub use crate::keyed::Keys;
pub use crate::shared::{Place, Shown};
pub use command::CommandError;
pub use snapshot::{
    CallListing, CallSettings, Listing, Live, Problem, Problems, Snapshot, WrittenAt,
};

use std::sync::Arc;

use crate::clock::Stamp;
use crate::config::{self, Origin, Set, Target};
use crate::scope::Scope;

/// The registry of the current scope.
///
/// ```
/// use resilient_runtime::registry;
///
/// registry().validate()?; // at the end of start-up: every conflict and impossible number at once
/// for listing in registry().snapshot().listings {
///     println!("{} {}: {:?}", listing.policy, listing.name, listing.live);
/// }
/// # Ok::<(), resilient_runtime::registry::Problems>(())
/// ```
#[must_use]
pub fn registry() -> Registry {
    Scope::current().registry()
}

/// Everything that has been called or registered in one scope.
///
/// A `static` or a name is listed from its first use in the scope, a field for as long as its client lives.
#[derive(Debug, Clone)]
pub struct Registry {
    scope: Scope,
}

impl Registry {
    pub(crate) const fn of(scope: Scope) -> Self {
        Self { scope }
    }

    /// What everything looks like now, sorted by policy and name.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let now = Stamp::now();
        let layers = self.scope.layers();
        let listed = self.scope.listed();
        let mut listings: Vec<_> = listed.iter().map(|listed| listed.listing(now)).collect();
        listings.sort_by_cached_key(|listing| (listing.policy, listing.name.to_string()));
        let mut calls: Vec<_> = config::known_calls()
            .into_iter()
            .map(|site| layers.listing(site))
            .collect();
        calls.sort_by_key(|call| (call.name, call.place));
        Snapshot {
            listings,
            calls,
            overrides: layers.shown(),
            journal: self.scope.journal().counts(),
            unresolved: self.scope.journal().unresolved(),
        }
    }

    /// Overrides one number of a call, a dependency or a state in this scope, from the next call on. Stronger than any
    /// file and any variable.
    ///
    /// Keys are those of a file, `timeout.total` or, of a state alone, `open`; values are written as there.
    ///
    /// ```
    /// use resilient_runtime::config::Target;
    /// use resilient_runtime::registry;
    ///
    /// // No more repeats, while the incident lasts:
    /// registry().set(&Target::dependency("shop/payments"), "retry.attempts", "1")?;
    /// registry().unset(&Target::dependency("shop/payments"), "retry.attempts")?;
    /// # Ok::<(), resilient_runtime::config::Errors>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What a file would be refused for; then nothing has changed.
    #[track_caller]
    pub fn set(&self, target: &Target, key: &str, value: &str) -> Result<(), config::Errors> {
        let place = Place::here().to_string();
        let set = Arc::new(target.set(key, value, &place)?);
        self.scope.override_with(|before| {
            let others = before.iter().filter(|other| !set.replaces(other)).cloned();
            others.chain([Arc::clone(&set)]).collect()
        })
    }

    /// Takes back what [`set`](Self::set) did; without it nothing.
    ///
    /// # Errors
    ///
    /// A key that does not exist, or what is left does not work together; then nothing has changed.
    #[track_caller]
    pub fn unset(&self, target: &Target, key: &str) -> Result<(), config::Errors> {
        let place = Place::here().to_string();
        let gone = target.known(key, &place)?;
        self.scope.override_with(|before| {
            let stays = |set: &&Arc<Set>| {
                set.origin != Origin::RunTime || set.target != *target || set.key != gone
            };
            before.iter().filter(stays).cloned().collect()
        })
    }

    /// Checks what has been written down so far.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, at once: settings that cannot work, one name with several settings, and overrides that
    /// were left out.
    pub fn validate(&self) -> Result<(), Problems> {
        let mut problems = Vec::new();
        self.scope
            .listed()
            .iter()
            .for_each(|listed| listed.problems(&mut problems));
        let refused = self.scope.layers().refused().into_iter();
        problems.extend(refused.map(|(refused, reason)| Problem::Override { refused, reason }));
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Problems(problems))
        }
    }
}

#[cfg(test)]
mod tests;
