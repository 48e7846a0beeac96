//! What is wrong with a configuration, each with its place.

use std::fmt;
use std::ops::Deref;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Error {
    /// Where: `resilient.toml:3:9`, `line 3:9`, a variable, or a line of code.
    pub at: String,
    /// What, and what to write instead.
    pub reason: String,
}

impl Error {
    pub(super) fn new(at: &str, reason: &str) -> Self {
        Self {
            at: at.to_owned(),
            reason: reason.to_owned(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.reason)
    }
}

/// Everything that is wrong, at least one; nothing was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errors(pub(super) Vec<Error>);

impl Errors {
    pub(super) fn one(at: &str, reason: &str) -> Self {
        Self(vec![Error::new(at, reason)])
    }
}

impl Deref for Errors {
    type Target = [Error];
    fn deref(&self) -> &[Error] {
        &self.0
    }
}

impl fmt::Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this configuration was not applied")?;
        self.0.iter().try_for_each(|error| write!(f, "\n  {error}"))
    }
}

impl std::error::Error for Errors {}
