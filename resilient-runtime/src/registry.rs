//! What has been called or registered in a scope: to look at, to check, and to steer by name.
//!
//! In: the scope. Out: a [`Snapshot`], every [`Problem`] at once, or a changed policy. Refuses names nobody has
//! used, with the one that was probably meant. No lock of the scope is held while policies are asked.

mod closest;
mod command;
mod snapshot;

#[cfg(feature = "testing")]
pub(crate) use closest::closest;

pub use crate::keyed::Keys;
pub use crate::shared::{Place, Shown};
pub use command::CommandError;
pub use snapshot::{Listing, Live, Problem, Problems, Snapshot, WrittenAt};

use crate::clock::Stamp;
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
        let mut listings: Vec<_> = self
            .scope
            .listed()
            .iter()
            .map(|listed| listed.listing(now))
            .collect();
        listings.sort_by_cached_key(|listing| (listing.policy, listing.name.to_string()));
        Snapshot { listings }
    }

    /// Checks what has been written down so far.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, at once: settings that cannot work, and one name with several settings.
    pub fn validate(&self) -> Result<(), Problems> {
        let mut problems = Vec::new();
        self.scope
            .listed()
            .iter()
            .for_each(|listed| listed.problems(&mut problems));
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Problems(problems))
        }
    }
}

#[cfg(test)]
mod tests;
