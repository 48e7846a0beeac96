//! Variables: `RESILIENT_CALL__MY_CRATE__PAYMENTS__CHARGE__TIMEOUT_TOTAL=3s`.
//!
//! Behind `RESILIENT_` the parts are kept apart by two underscores: what it is about, the name, and the key. In the
//! name `::` and `/` become two underscores and every other character that is no letter or digit one. Variables
//! without two underscores are somebody else's.

use super::error::Error;
use super::key::{KEYS, STATES, unknown};
use super::{Origin, Set, Target, What};

const PREFIX: &str = "RESILIENT_";
const TARGETS: &[&str] = &[
    "CALL",
    "DEPENDENCY",
    "HEDGE",
    "BREAKER",
    "BULKHEAD",
    "RATE_LIMIT",
    "BUDGET",
];

/// Reads one variable of the environment.
pub(super) fn read(name: &str, value: &str, sets: &mut Vec<Set>, errors: &mut Vec<Error>) {
    let Some(rest) = name.strip_prefix(PREFIX) else {
        return;
    };
    let Some((target, rest)) = rest.split_once("__") else {
        return;
    };
    match parts(target, rest) {
        Ok((target, key)) => match Set::read(target, true, key, value, Origin::Environment, name) {
            Ok(set) => sets.push(set),
            Err(reason) => errors.push(Error::new(name, &reason)),
        },
        Err(reason) => errors.push(Error::new(name, &reason)),
    }
}

fn parts(target: &str, rest: &str) -> Result<(Target, &'static super::Key), String> {
    let state = STATES.iter().find(|state| state.to_uppercase() == target);
    if state.is_none() && target != "CALL" && target != "DEPENDENCY" {
        return Err(unknown("target", target, TARGETS));
    }
    let (name, word) = rest
        .rsplit_once("__")
        .filter(|(name, _)| !name.is_empty())
        .ok_or("there is no name between the target and the key")?;
    let written = |key: &super::Key| match state {
        Some(_) => key.name.to_uppercase(),
        None => format!("{}_{}", key.section, key.name).to_uppercase(),
    };
    let of_target = KEYS
        .iter()
        .filter(|key| state.is_none_or(|state| key.section == *state));
    let key = of_target.clone().find(|key| written(key) == word);
    let key = key.ok_or_else(|| {
        let known: Vec<_> = of_target.map(written).collect();
        let known: Vec<_> = known.iter().map(String::as_str).collect();
        unknown("key", word, &known)
    })?;
    let name = name.to_owned();
    let what = match (state, target) {
        (Some(state), _) => What::State(state, name),
        (None, "CALL") => What::Call(name),
        (None, _) => What::Dependency(name),
    };
    Ok((Target(what), key))
}

/// A name as a variable carries it.
pub(super) fn normalised(name: &str) -> String {
    let name = name.replace("::", "__").replace('/', "__");
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_uppercase()
        } else {
            '_'
        }
    };
    name.chars().map(plain).collect()
}
