//! What an operator may do to a policy at run time, by its shown name.
//!
//! In: a name as the snapshot shows it. Out: every state of that name changed, in this scope, with all of its keys.
//! Refuses unknown names and numbers that the attribute would refuse as well.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::Registry;
use super::closest::closest;
use crate::breaker::{self, Forced, Transition};
use crate::bulkhead;
use crate::clock::Stamp;
use crate::config::{self, Target};
use crate::event;
use crate::rate_limit::{self, Rate};
use crate::shared::{Entry, State};

/// Why a command did nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CommandError {
    /// No policy of this kind has this name in this scope, or it was never used.
    #[non_exhaustive]
    UnknownName {
        /// The attribute: `breaker`, `rate_limit`, `bulkhead`.
        policy: &'static str,
        /// The name that was asked for.
        name: String,
        /// The name that was probably meant.
        closest: Option<String>,
    },
    /// The numbers cannot work.
    #[non_exhaustive]
    Invalid {
        /// The attribute.
        policy: &'static str,
        /// The name that was asked for.
        name: String,
        /// What cannot work.
        reason: String,
    },
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownName {
                policy,
                name,
                closest: Some(closest),
            } => {
                write!(
                    f,
                    "no {policy} is called `{name}` here: did you mean `{closest}`?"
                )
            }
            Self::UnknownName {
                policy,
                name,
                closest: None,
            } => {
                write!(
                    f,
                    "no {policy} is called `{name}` here: it is listed from its first use"
                )
            }
            Self::Invalid {
                policy,
                name,
                reason,
            } => write!(f, "{policy} `{name}`: {reason}"),
        }
    }
}

impl std::error::Error for CommandError {}

/// Commands by name. They apply to everything shown under the name in this scope, to all its keys, and
/// to keys that are met later; never to another scope.
impl Registry {
    /// Makes a breaker refuse every call until [`automatic`](Self::automatic).
    ///
    /// # Errors
    ///
    /// An unknown name.
    pub fn force_open(&self, name: &str) -> Result<(), CommandError> {
        self.force(name, Forced::Open)
    }

    /// Makes a breaker let every call through, and count, until [`automatic`](Self::automatic).
    ///
    /// # Errors
    ///
    /// An unknown name.
    pub fn force_close(&self, name: &str) -> Result<(), CommandError> {
        self.force(name, Forced::Closed)
    }

    /// Makes a breaker let every call through and count nothing until [`automatic`](Self::automatic).
    ///
    /// # Errors
    ///
    /// An unknown name.
    pub fn disable(&self, name: &str) -> Result<(), CommandError> {
        self.force(name, Forced::Disabled)
    }

    /// Puts a breaker on trial: it counts and lets every call through until [`automatic`](Self::automatic).
    ///
    /// # Errors
    ///
    /// An unknown name.
    pub fn metrics_only(&self, name: &str) -> Result<(), CommandError> {
        self.force(name, Forced::MetricsOnly)
    }

    /// Makes a breaker ask the service at once, without waiting for the open time: half-open, its probes decide.
    ///
    /// # Errors
    ///
    /// An unknown name.
    pub fn probe(&self, name: &str) -> Result<(), CommandError> {
        self.force(name, Forced::HalfOpen)
    }

    /// Hands the decision back to a breaker that was forced, disabled or on trial: closed, with nothing counted.
    ///
    /// # Errors
    ///
    /// An unknown name.
    pub fn automatic(&self, name: &str) -> Result<(), CommandError> {
        self.force(name, Forced::Automatic)
    }

    /// Makes a breaker forget what it has counted, as if it had just been made. Its next call reports the change.
    ///
    /// # Errors
    ///
    /// An unknown name.
    pub fn reset(&self, name: &str) -> Result<(), CommandError> {
        let now = Stamp::now();
        for entry in self.named::<breaker::Core>(name)? {
            entry.each(|core| core.reset(now));
        }
        Ok(())
    }

    /// Opens a breaker as if it had failed: refuses for its open time, then lets probes through. An open one stays as it is.
    ///
    /// # Errors
    ///
    /// An unknown name.
    pub fn open(&self, name: &str) -> Result<(), CommandError> {
        let now = Stamp::now();
        self.steer(name, |core| core.trip(None, now))
    }

    /// The same for exactly as long as it is said here, without jitter, and also beyond `max_open`: say, for an
    /// announced maintenance of the service.
    ///
    /// # Errors
    ///
    /// An unknown name.
    pub fn open_for(&self, name: &str, open: Duration) -> Result<(), CommandError> {
        let now = Stamp::now();
        self.steer(name, |core| core.trip(Some(open), now))
    }

    fn force(&self, name: &str, forced: Forced) -> Result<(), CommandError> {
        let now = Stamp::now();
        self.steer(name, |core| core.force(forced, now))
    }

    fn steer(
        &self,
        name: &str,
        how: impl Fn(&breaker::Core) -> Option<Transition>,
    ) -> Result<(), CommandError> {
        for entry in self.named::<breaker::Core>(name)? {
            // Of a thousand keys that change with their breaker one is told.
            let mut first = None;
            entry.each(|core| {
                let transition = how(core);
                first = first.take().or(transition);
            });
            if let Some(transition) = first {
                let tell = || event::breaker_transition(None, || entry.shown(), &transition);
                self.scope.within(tell);
            }
        }
        Ok(())
    }

    /// Gives a bulkhead another limit. Permits that are out stay out; a queue that was not set follows the limit.
    ///
    /// # Errors
    ///
    /// An unknown name, or a limit the attribute would refuse.
    pub fn resize(&self, name: &str, limit: u32) -> Result<(), CommandError> {
        let said = ("limit", &*limit.to_string());
        self.change::<bulkhead::Core>(name, said, |settings| settings.limit = limit)
    }

    /// Gives a rate limit another rate. What is owed stays owed, token by token; a burst that was not set follows the
    /// rate; whoever waits keeps its place, and is due earlier or later.
    ///
    /// # Errors
    ///
    /// An unknown name, or a rate the attribute would refuse.
    pub fn set_rate(&self, name: &str, rate: Rate) -> Result<(), CommandError> {
        let said = ("rate", &*rate.to_string());
        self.change::<rate_limit::Core>(name, said, |settings| settings.rate = rate)
    }

    /// Changes the settings of every state of this name, or of none if one of them would refuse them; the key and the
    /// value say the same, for states that something else has changed already.
    fn change<S: State>(
        &self,
        name: &str,
        (key, value): (&str, &str),
        change: impl Fn(&mut S::Settings),
    ) -> Result<(), CommandError> {
        let entries = self.named::<S>(name)?;
        for entry in &entries {
            let mut settings = entry.settings();
            change(&mut settings);
            S::validate(&settings).map_err(|reason| CommandError::Invalid {
                policy: S::POLICY,
                name: name.to_owned(),
                reason,
            })?;
        }
        for entry in &entries {
            entry.change(&change);
        }
        // An operator's word is the last one.
        if entries.iter().any(|entry| entry.is_overridden(key)) {
            let wrong = |errors: config::Errors| CommandError::Invalid {
                policy: S::POLICY,
                name: name.to_owned(),
                reason: errors.to_string(),
            };
            self.set(&Target::state(S::POLICY, name), key, value)
                .map_err(wrong)?;
        }
        Ok(())
    }

    /// Every state of the policy that is shown under this name; at least one.
    fn named<S: State>(&self, name: &str) -> Result<Vec<Arc<Entry<S>>>, CommandError> {
        let listed = self.scope.listed();
        let policy = listed
            .into_iter()
            .filter(|listed| listed.policy() == S::POLICY);
        let known: Vec<_> = policy
            .map(|listed| (listed.shown().to_string(), listed))
            .collect();
        let named: Vec<_> = known
            .iter()
            .filter(|(shown, _)| shown == name)
            .filter_map(|(_, listed)| Arc::clone(listed).as_any().downcast().ok())
            .collect();
        if !named.is_empty() {
            return Ok(named);
        }
        let all: Vec<_> = known.iter().map(|(shown, _)| shown.as_str()).collect();
        let closest = closest(name, &all);
        Err(CommandError::UnknownName {
            policy: S::POLICY,
            name: name.to_owned(),
            closest: closest.map(str::to_owned),
        })
    }
}
