//! What the registry answers: plain values, detached from what they describe.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::breaker;
use crate::bulkhead;
use crate::config::Override;
use crate::dependency::Dependency;
use crate::hedge;
use crate::keyed::Keys;
use crate::on_unknown::Counts;
use crate::rate_limit;
use crate::retry::{Backoff, budget};
use crate::shared::{Place, Shown};

/// What one scope looks like at one moment; each policy is consistent in itself.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Snapshot {
    /// Sorted by policy and name. A client's field is there once per living instance.
    pub listings: Vec<Listing>,
    /// Every annotated function called since the process began, in whatever scope, sorted by name: functions are
    /// code, not state. Their numbers are those that hold in this scope.
    pub calls: Vec<CallListing>,
    /// Everything that is overridden in this scope, also what has met nothing it is about.
    pub overrides: Vec<Override>,
    /// The scope's own journal: calls in flight under `on_unknown`, and those whose outcome is unknown.
    pub journal: Counts,
    /// How many calls of which function are unresolved in that journal, by name.
    pub unresolved: BTreeMap<Arc<str>, usize>,
}

/// One state.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Listing {
    /// The attribute: `breaker`, `rate_limit`, `bulkhead`, `budget`, `hedge`.
    pub policy: &'static str,
    /// The name that the registry's commands take.
    pub name: Shown,
    /// Where the source has it, in the order of first use.
    pub written_at: Vec<WrittenAt>,
    /// The settings that hold now, as text.
    pub settings: String,
    /// The live figures.
    pub live: Live,
    /// For a policy with a key: how many keys there are. `live` is then about the calls without one.
    pub keys: Option<Keys>,
    /// Numbers in `settings` that are not the source's.
    pub overrides: Vec<Override>,
}

/// One annotated function that has been called.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CallListing {
    /// `my_crate::module::function`, the name that overrides take.
    pub name: &'static str,
    /// Where it stands.
    pub place: Place,
    /// The service it calls, where that has a name.
    pub dependency: Option<Dependency>,
    /// The numbers that hold in this scope.
    pub settings: CallSettings,
    /// Those of them that are not the source's.
    pub overrides: Vec<Override>,
}

/// The numbers of one annotated function.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct CallSettings {
    /// `timeout(total)`.
    pub total: Option<Duration>,
    /// `timeout(attempt)`.
    pub attempt: Option<Duration>,
    /// What must be left for an attempt to start; none where nothing limits the call.
    pub least: Option<Duration>,
    /// Attempts in all; 1 without a retry.
    pub attempts: u32,
    /// The waits between them; none without a retry.
    pub backoff: Option<Backoff>,
    /// The longest delay the service may ask for; none without a retry.
    pub max_server_delay: Option<Duration>,
    /// The longest time of one question of `on_unknown`; none without that.
    pub question: Option<Duration>,
}

/// The live figures of one state, in the policy's own terms.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Live {
    /// A breaker.
    Breaker(breaker::Snapshot),
    /// A bulkhead.
    Bulkhead(bulkhead::Snapshot),
    /// A rate limit.
    RateLimit(rate_limit::Snapshot),
    /// A retry budget.
    Budget(budget::Snapshot),
    /// A hedge.
    Hedge(hedge::Snapshot),
    /// The policy shows none.
    Unseen,
}

/// A place that wrote a state down, with the settings it gave.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WrittenAt {
    /// The place.
    pub place: Place,
    /// The settings, as text.
    pub settings: String,
}

/// Something in the source that should not stay so.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// One name carries several settings.
    #[non_exhaustive]
    Conflict {
        /// The attribute.
        policy: &'static str,
        /// The name.
        name: Shown,
        /// All places.
        written_at: Vec<WrittenAt>,
        /// The stricter of each, as text.
        holds: String,
    },
    /// Settings that cannot work.
    #[non_exhaustive]
    Invalid {
        /// The attribute.
        policy: &'static str,
        /// The name.
        name: Shown,
        /// The place.
        place: Place,
        /// What cannot work.
        reason: String,
    },
    /// An override that was left out where it met what it is about.
    #[non_exhaustive]
    Override {
        /// The override.
        refused: Override,
        /// What cannot work.
        reason: String,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict {
                policy,
                name,
                written_at,
                holds,
            } => {
                write!(f, "{policy} `{name}` has several settings:")?;
                for WrittenAt { place, settings } in written_at {
                    write!(f, "\n    at {place}: {settings}")?;
                }
                write!(f, "\n    the stricter holds: {holds}")
            }
            Self::Invalid {
                policy,
                name,
                place,
                reason,
            } => {
                write!(f, "{policy} `{name}` at {place} cannot work: {reason}")
            }
            Self::Override { refused, reason } => {
                write!(f, "override left out: {refused}: {reason}")
            }
        }
    }
}

/// Everything `validate` found; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub(super) Vec<Problem>);

impl std::ops::Deref for Problems {
    type Target = [Problem];
    fn deref(&self) -> &[Problem] {
        &self.0
    }
}

/// One problem after another, each on its own lines.
impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, problem) in self.0.iter().enumerate() {
            let line = if nth == 0 { "" } else { "\n" };
            write!(f, "{line}{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
