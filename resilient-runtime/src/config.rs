//! Numbers from outside of the program: a file, the environment, an operator. They override those of the attributes
//! by name, and nothing else about them.
//!
//! In: text with names, keys and values. Out: calls and states that go by the new numbers from the next call on, and
//! keep what they have counted and let in. Refuses, all at once and before anything has changed, what it does not know
//! and what the attributes would refuse; there is no key that could weaken a safety rule.
#![doc = include_str!("../docs/configuration.md")]

mod calls;
mod env;
mod error;
mod key;
mod layers;
#[cfg(test)]
mod tests;
#[cfg(feature = "config")]
mod toml;
mod value;

use std::fmt;
use std::sync::Arc;

pub(crate) use calls::{
    Asked, count_listener, forget_listeners, is_new, is_news, known, known_calls, listening, meet,
};
pub use error::{Error, Errors};
pub(crate) use key::Key;
pub(crate) use layers::Layers;
pub(crate) use value::{Value, duration};

use crate::scope::Scope;

/// Where an override comes from; of two for the same number the later in this order wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// [`Config::from_file`], [`Config::from_toml_str`].
    File,
    /// [`Config::from_env`], [`Config::from_vars`].
    Environment,
    /// [`Registry::set`](crate::registry::Registry::set).
    RunTime,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File => "file",
            Self::Environment => "environment",
            Self::RunTime => "run time",
        })
    }
}

/// What an override is about. Of two from one origin the more special wins: a state's own, then a call's, then a
/// dependency's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Target(What);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum What {
    Dependency(String),
    Call(String),
    State(&'static str, String),
}

impl Target {
    /// Every annotated function that is shown as `my_crate::module::function`, and its unnamed state.
    #[must_use]
    pub fn call(name: impl Into<String>) -> Self {
        Self(What::Call(name.into()))
    }

    /// Every function and all state of the dependency `my_crate/payments`.
    #[must_use]
    pub fn dependency(name: impl Into<String>) -> Self {
        Self(What::Dependency(name.into()))
    }

    /// The breaker of this name, as the registry shows it.
    #[must_use]
    pub fn breaker(name: impl Into<String>) -> Self {
        Self(What::State("breaker", name.into()))
    }

    /// The bulkhead of this name, as the registry shows it.
    #[must_use]
    pub fn bulkhead(name: impl Into<String>) -> Self {
        Self(What::State("bulkhead", name.into()))
    }

    /// The retry budget of this name, as the registry shows it.
    #[must_use]
    pub fn budget(name: impl Into<String>) -> Self {
        Self(What::State("budget", name.into()))
    }

    /// The hedge of this name, as the registry shows it.
    #[must_use]
    pub fn hedge(name: impl Into<String>) -> Self {
        Self(What::State("hedge", name.into()))
    }

    /// The rate limit of this name, as the registry shows it.
    #[must_use]
    pub fn rate_limit(name: impl Into<String>) -> Self {
        Self(What::State("rate_limit", name.into()))
    }

    pub(crate) fn state(policy: &'static str, name: &str) -> Self {
        Self(What::State(policy, name.to_owned()))
    }

    /// Finds a key below this target: `timeout.total`, or of a state its option alone.
    fn key(&self, key: &str) -> Result<&'static Key, String> {
        match &self.0 {
            What::State(policy, _) => key::find(policy, key),
            What::Call(_) | What::Dependency(_) => match key.split_once('.') {
                Some((section, name)) => key::find(section, name),
                None => Err(key::no_section(key)),
            },
        }
    }

    pub(crate) fn known(&self, key: &str, at: &str) -> Result<&'static Key, Errors> {
        self.key(key).map_err(|reason| Errors::one(at, &reason))
    }

    /// One number, set by an operator at this place.
    pub(crate) fn set(&self, key: &str, value: &str, at: &str) -> Result<Set, Errors> {
        let key = self.known(key, at)?;
        Set::read(self.clone(), false, key, value, Origin::RunTime, at)
            .map_err(|reason| Errors::one(at, &reason))
    }

    fn name(&self) -> &str {
        match &self.0 {
            What::Dependency(name) | What::Call(name) | What::State(_, name) => name,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            What::Dependency(name) => write!(f, "dependency `{name}`"),
            What::Call(name) => write!(f, "call `{name}`"),
            What::State(policy, name) => write!(f, "{policy} `{name}`"),
        }
    }
}

/// One number for one target.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Set {
    pub(crate) target: Target,
    /// The name is written as a variable's: in capitals, without the characters between its words.
    pub(crate) loose: bool,
    pub(crate) key: &'static Key,
    pub(crate) value: Value,
    pub(crate) origin: Origin,
    /// Where it is written.
    pub(crate) at: String,
}

impl Set {
    fn read(
        target: Target,
        loose: bool,
        key: &'static Key,
        text: &str,
        origin: Origin,
        at: &str,
    ) -> Result<Self, String> {
        Ok(Self {
            value: Value::read(key, text)?,
            target,
            loose,
            key,
            origin,
            at: at.to_owned(),
        })
    }

    /// Whether it says the same number of the same target from the same origin.
    pub(crate) fn replaces(&self, other: &Self) -> bool {
        (self.origin, &self.target, self.key) == (other.origin, &other.target, other.key)
    }

    /// Whether it is about what people see under this name.
    fn is_named(&self, shown: &str) -> bool {
        if self.loose {
            env::normalised(shown) == self.target.name()
        } else {
            shown == self.target.name()
        }
    }

    pub(crate) fn shown(&self) -> Override {
        Override {
            target: self.target.clone(),
            key: self.key.to_string(),
            value: self.value.to_string(),
            origin: self.origin,
            at: self.at.clone(),
        }
    }
}

/// A number that is overridden, as the snapshot shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Override {
    /// Whose number. From the environment the name reads as in the variable.
    pub target: Target,
    /// Which: `timeout.total`.
    pub key: String,
    /// The value.
    pub value: String,
    /// From where.
    pub origin: Origin,
    /// The line of the file, the variable, or the line of code.
    pub at: String,
}

impl fmt::Display for Override {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            target,
            key,
            value,
            origin,
            at,
        } = self;
        write!(f, "{target}: {key} = {value} ({origin}, {at})")
    }
}

/// Overrides that have been read and not yet applied.
#[derive(Debug, Clone, Default)]
pub struct Config {
    sets: Vec<Arc<Set>>,
    /// What it speaks for: of these origins nothing else holds once it is applied.
    origins: Vec<Origin>,
}

impl Config {
    /// Reads a file in TOML.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, each with its line; or that it cannot be read.
    #[cfg(feature = "config")]
    pub fn from_file(path: impl AsRef<std::path::Path>) -> Result<Self, Errors> {
        let path = path.as_ref();
        let file = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => Self::collect(Origin::File, |sets, errors| {
                toml::read(&text, &file, sets, errors);
            }),
            Err(error) => Err(Errors::one(&file, &error.to_string())),
        }
    }

    /// Reads TOML that comes from elsewhere; to be applied as a file.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, each with its line.
    #[cfg(feature = "config")]
    pub fn from_toml_str(text: &str) -> Result<Self, Errors> {
        Self::collect(Origin::File, |sets, errors| {
            toml::read(text, "line ", sets, errors);
        })
    }

    /// Reads the variables of this process that begin with `RESILIENT_`, as they are now.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with them, each with its variable.
    pub fn from_env() -> Result<Self, Errors> {
        let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
        Self::from_vars(std::env::vars_os().map(|(name, value)| (text(name), text(value))))
    }

    /// Reads variables that come from elsewhere; to be applied as the environment.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with them, each with its variable.
    pub fn from_vars(
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Errors> {
        Self::collect(Origin::Environment, |sets, errors| {
            for (name, value) in variables {
                env::read(&name, &value, sets, errors);
            }
        })
    }

    fn collect(
        origin: Origin,
        read: impl FnOnce(&mut Vec<Set>, &mut Vec<Error>),
    ) -> Result<Self, Errors> {
        let (mut sets, mut errors) = (Vec::new(), Vec::new());
        read(&mut sets, &mut errors);
        if !errors.is_empty() {
            return Err(Errors(errors));
        }
        Ok(Self {
            sets: sets.into_iter().map(Arc::new).collect(),
            origins: vec![origin],
        })
    }

    /// Both together.
    #[must_use]
    pub fn and(mut self, mut other: Self) -> Self {
        self.sets.append(&mut other.sets);
        self.origins.append(&mut other.origins);
        self
    }

    /// What it says, in the order in which it was read.
    pub fn overrides(&self) -> impl Iterator<Item = Override> + '_ {
        self.sets.iter().map(|set| set.shown())
    }

    /// Makes it hold in the current scope, from the next call on: whatever was applied before from the same origins
    /// holds no longer, the rest stays. Calls under way keep their numbers; what states have counted and let in stays.
    ///
    /// A call or state that has not been used yet gets its numbers when it is. What cannot work there is left out then:
    /// [`validate`](crate::registry::Registry::validate) lists it; of a call an
    /// [event](crate::event::Event::OverrideRefused) says so as well.
    ///
    /// # Errors
    ///
    /// Everything that cannot work with what has been used so far. Then nothing has changed.
    pub fn apply(&self) -> Result<(), Errors> {
        let mut sets = Vec::new();
        Scope::current().override_with(|before| {
            sets = before.to_vec();
            sets.retain(|set: &Arc<Set>| !self.origins.contains(&set.origin));
            sets.extend(self.sets.iter().cloned());
            std::mem::take(&mut sets)
        })
    }
}
