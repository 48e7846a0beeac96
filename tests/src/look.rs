//! What the registry of the current scope shows of one policy, found by a part of its name.

use resilient_runtime::registry::{Listing, Live};
use resilient_runtime::{breaker, bulkhead, hedge, rate_limit, registry, retry};

/// The listing of this policy whose name contains this text.
///
/// # Panics
///
/// When there is not exactly one.
#[must_use]
pub fn listing(policy: &str, part: &str) -> Listing {
    let mut found = listings(policy, part);
    assert_eq!(found.len(), 1, "listings of {policy} `{part}`: {found:?}");
    found.remove(0)
}

/// All listings of this policy whose names contain this text.
#[must_use]
pub fn listings(policy: &str, part: &str) -> Vec<Listing> {
    let mut listings = registry().snapshot().listings;
    listings.retain(|listing| listing.policy == policy && listing.name.to_string().contains(part));
    listings
}

/// A breaker. See [`listing`].
///
/// # Panics
///
/// When there is not exactly one.
#[must_use]
pub fn breaker(part: &str) -> breaker::Snapshot {
    match listing("breaker", part).live {
        Live::Breaker(snapshot) => snapshot,
        other => panic!("{other:?}"),
    }
}

/// A bulkhead. See [`listing`].
///
/// # Panics
///
/// When there is not exactly one.
#[must_use]
pub fn bulkhead(part: &str) -> bulkhead::Snapshot {
    match listing("bulkhead", part).live {
        Live::Bulkhead(snapshot) => snapshot,
        other => panic!("{other:?}"),
    }
}

/// A rate limit. See [`listing`].
///
/// # Panics
///
/// When there is not exactly one.
#[must_use]
pub fn rate_limit(part: &str) -> rate_limit::Snapshot {
    match listing("rate_limit", part).live {
        Live::RateLimit(snapshot) => snapshot,
        other => panic!("{other:?}"),
    }
}

/// A budget. See [`listing`].
///
/// # Panics
///
/// When there is not exactly one.
#[must_use]
pub fn budget(part: &str) -> retry::budget::Snapshot {
    match listing("budget", part).live {
        Live::Budget(snapshot) => snapshot,
        other => panic!("{other:?}"),
    }
}

/// A hedge. See [`listing`].
///
/// # Panics
///
/// When there is not exactly one.
#[must_use]
pub fn hedge(part: &str) -> hedge::Snapshot {
    match listing("hedge", part).live {
        Live::Hedge(snapshot) => snapshot,
        other => panic!("{other:?}"),
    }
}
