//! What can be overridden: one row for each number, under the words of the attributes.
//!
//! What is not here cannot be changed from outside: why a call may be repeated, who classifies, that there is a
//! budget at all.

use std::fmt;

use crate::registry::closest::closest;

/// One number of one attribute.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Key {
    /// The attribute; `budget` is one of its own, as in the registry.
    pub(crate) section: &'static str,
    /// The option.
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
}

/// What its value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `500ms`.
    Time,
    /// `10s` or `100`.
    Window,
    /// `50%`.
    Share,
    /// At least one.
    Count,
    /// The same, or 0 to turn it off.
    CountOrOff,
    /// `80ms` or `p95`.
    After,
    /// From 1 to 100.
    Factor,
    /// `100/s`.
    Rate,
}

const fn key(section: &'static str, name: &'static str, kind: Kind) -> Key {
    Key {
        section,
        name,
        kind,
    }
}

pub(crate) const KEYS: &[Key] = &[
    key("timeout", "total", Kind::Time),
    key("timeout", "attempt", Kind::Time),
    key("timeout", "least", Kind::Time),
    key("retry", "attempts", Kind::Count),
    key("retry", "backoff", Kind::Time),
    key("retry", "backoff_factor", Kind::Factor),
    key("retry", "backoff_max", Kind::Time),
    key("retry", "max_server_delay", Kind::Time),
    key("on_unknown", "question", Kind::Time),
    key("hedge", "after", Kind::After),
    key("hedge", "max", Kind::CountOrOff),
    key("breaker", "failure_rate", Kind::Share),
    key("breaker", "min_calls", Kind::Count),
    key("breaker", "window", Kind::Window),
    key("breaker", "consecutive", Kind::Count),
    key("breaker", "slow", Kind::Time),
    key("breaker", "slow_rate", Kind::Share),
    key("breaker", "open", Kind::Time),
    key("breaker", "max_open", Kind::Time),
    key("breaker", "probes", Kind::Count),
    key("bulkhead", "limit", Kind::Count),
    key("bulkhead", "wait", Kind::Time),
    key("bulkhead", "queue", Kind::Count),
    key("rate_limit", "rate", Kind::Rate),
    key("rate_limit", "burst", Kind::Count),
    key("rate_limit", "wait", Kind::Time),
    key("budget", "earn", Kind::Share),
    key("budget", "save", Kind::Count),
];

/// The sections that are states and have names of their own.
pub(super) const STATES: &[&str] = &["hedge", "breaker", "bulkhead", "rate_limit", "budget"];
const SECTIONS: &[&str] = &[
    "timeout",
    "retry",
    "on_unknown",
    "hedge",
    "breaker",
    "bulkhead",
    "rate_limit",
    "budget",
];

/// The key of this section, or the one that was probably meant.
pub(super) fn find(section: &str, name: &str) -> Result<&'static Key, String> {
    let of_section = KEYS.iter().filter(|key| key.section == section);
    if let Some(key) = of_section.clone().find(|key| key.name == name) {
        return Ok(key);
    }
    let known: Vec<_> = of_section.map(|key| key.name).collect();
    if known.is_empty() {
        return Err(no_section(section));
    }
    let what = format!("`{section}` has no key `{name}`");
    Err(match closest(name, &known) {
        Some(near) => format!("{what}; did you mean `{near}`?"),
        None => format!("{what}; it knows `{}`", known.join("`, `")),
    })
}

pub(super) fn no_section(section: &str) -> String {
    unknown("section", section, SECTIONS)
}

/// What to say of a word that none of these is.
pub(super) fn unknown(what: &str, word: &str, known: &[&str]) -> String {
    match closest(word, known) {
        Some(near) => format!("there is no {what} `{word}`; did you mean `{near}`?"),
        None => format!(
            "there is no {what} `{word}`; there are `{}`",
            known.join("`, `")
        ),
    }
}

/// `timeout.total`.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.section, self.name)
    }
}
