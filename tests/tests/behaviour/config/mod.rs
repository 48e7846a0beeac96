//! Numbers from outside: who wins, when they hold, what they keep, and that nothing changes when something is wrong.

mod calls;
mod hedges;
mod refused;
mod states;

use resilient_runtime::config::{Config, Errors};
use resilient_runtime::registry;
use resilient_runtime::registry::CallListing;

/// A file with one table.
fn file(text: &str) -> Result<(), Errors> {
    Config::from_toml_str(text)?.apply()
}

fn variable(name: &str, value: &str) -> Result<(), Errors> {
    Config::from_vars([(name.to_owned(), value.to_owned())])?.apply()
}

/// How the registry lists the call of this name.
fn listed(name: &str) -> CallListing {
    let name = format!("behaviour::config::{name}");
    let mut calls = registry().snapshot().calls;
    calls.retain(|call| call.name == name);
    assert_eq!(calls.len(), 1, "calls named {name}");
    calls.remove(0)
}
