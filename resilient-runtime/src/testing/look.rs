//! What a policy's state shows in a test, by its name.
//!
//! In: a name, or the end of one; the line of an unnamed state need not be given. Out: its snapshot. Refuses a name that
//! nobody used and one that fits several, with what there is.

use super::names::is_state_named;
use crate::registry::{Live, registry};
use crate::{breaker, bulkhead, retry::budget};

/// The live figures of the one state of this policy with this name.
#[track_caller]
fn one<T>(policy: &str, name: &str, of: impl Fn(Live) -> Option<T>) -> T {
    let listings = registry().snapshot().listings;
    let of_policy: Vec<_> = listings
        .into_iter()
        .filter(|it| it.policy == policy)
        .collect();
    let known: Vec<String> = of_policy.iter().map(|it| it.name.to_string()).collect();
    let fit = of_policy
        .into_iter()
        .filter(|it| is_state_named(&it.name.to_string(), name));
    let mut fit: Vec<T> = fit.filter_map(|it| of(it.live)).collect();
    assert!(
        fit.len() == 1,
        "{} {policy}s of this scope are called `{name}`; there are: {known:?}",
        fit.len()
    );
    fit.remove(0)
}

/// What a breaker of the current scope shows: its phase, rates and counts.
///
/// # Panics
///
/// When none or several go by this name.
#[must_use]
#[track_caller]
pub fn breaker(name: &str) -> breaker::Snapshot {
    one("breaker", name, |live| match live {
        Live::Breaker(snapshot) => Some(snapshot),
        _ => None,
    })
}

/// What a bulkhead of the current scope shows: its limit, calls in flight and in the queue.
///
/// # Panics
///
/// When none or several go by this name.
#[must_use]
#[track_caller]
pub fn bulkhead(name: &str) -> bulkhead::Snapshot {
    one("bulkhead", name, |live| match live {
        Live::Bulkhead(snapshot) => Some(snapshot),
        _ => None,
    })
}

/// What a retry budget of the current scope shows: its tokens, repeats and refusals.
///
/// # Panics
///
/// When none or several go by this name.
#[must_use]
#[track_caller]
pub fn budget(name: &str) -> budget::Snapshot {
    one("budget", name, |live| match live {
        Live::Budget(snapshot) => Some(snapshot),
        _ => None,
    })
}
