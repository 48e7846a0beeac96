//! What the states of the current scope still hold.

use resilient_runtime::registry::Live;
use resilient_runtime::{Scope, registry};

/// Panics when a permit, a probe, a place in a queue or a journal's lease is held, or more repeats were paid for than were sent.
///
/// With `sent`, the repeats that were sent are counted: each budget paid for exactly these. The one with which the scope's only
/// budget began is five tokens, and a first answer adds a fifth of one at most.
pub(crate) fn assert_nothing_is_held(sent: Option<u32>, at: &str) {
    for listing in registry().snapshot().listings {
        match listing.live {
            Live::Breaker(breaker) => assert_eq!(breaker.probes, 0, "{at}: {breaker:?}"),
            Live::Bulkhead(it) => assert_eq!((it.in_flight, it.queued), (0, 0), "{at}: {it:?}"),
            Live::RateLimit(it) => assert_eq!(it.queued, 0, "{at}: {it:?}"),
            Live::Budget(it) => {
                assert!(it.tokens >= 0.0 && it.tokens <= it.cap, "{at}: {it:?}");
                if let Some(sent) = sent {
                    assert_eq!(it.repeats, u64::from(sent), "{at}: {it:?}");
                    let missing = 5.0 - f64::from(sent) - it.tokens;
                    assert!(missing < 1e-9, "{at}: paid and not sent: {it:?}");
                }
            }
            _ => {}
        }
    }
    let journal = Scope::current().journal().counts();
    assert_eq!(journal.in_flight, 0, "{at}: {journal:?}");
}
