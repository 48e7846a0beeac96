//! Everything generated code may name; no promise for anybody else.

pub use crate::effect::{
    Awaiting, Class, Declared, Idempotent, NonIdempotent, ReadOnly, Silent, SilentArms,
};
pub use crate::effect::{Mute, Outcome, Plain, watched};
pub use crate::effect::{UpToIdempotent, UpToNonIdempotent, UpToReadOnly};
pub use crate::failure::{Classify, Failure, Wait};
pub use crate::rejected::{FromRejected, Rejected};
pub use resilient_macros::{__expanded, __shared};

/// The value of a sibling's receipt: mentioned once for each attribute that was taken off a function.
pub type Receipt = ();

/// Durations as the macro writes them.
#[must_use]
pub const fn nanos(nanos: u64) -> std::time::Duration {
    std::time::Duration::from_nanos(nanos)
}

#[cfg(feature = "runtime")]
pub use with_runtime::*;

#[cfg(feature = "runtime")]
mod with_runtime {
    pub use crate::call::{
        Absent, AtOnce, Fallback, Gates, Hedged, IdempotencyKey, Kept, MayBeUnread, Moved, Plan,
        Replay, Retry, Site, Unread, Verdict, absorb, absorb_with, attempt, bare, judge,
        judge_with, key_hash, never_cut_off, once, stand_in, within,
    };
    pub use crate::retry::Backoff;
    pub use crate::shared::Place;

    pub mod breaker {
        pub use crate::breaker::{Breaker, Ratio, Settings, Window};
        pub use crate::call::{BreakerFixed as Fixed, BreakerGate as Gate};
    }
    pub mod bulkhead {
        pub use crate::bulkhead::{Bulkhead, Settings};
        pub use crate::call::{BulkheadFixed as Fixed, BulkheadGate as Gate};
    }
    pub mod rate_limit {
        pub use crate::call::{RateLimitFixed as Fixed, RateLimitGate as Gate};
        pub use crate::rate_limit::{Rate, RateLimit, Settings};
    }
    pub mod unknown {
        pub use crate::call::{Carried, Remedy, Uncarried, Watch, detached, resolve, resolve_last};
        pub use crate::on_unknown::{Settings, cancels, confirms, unasked};
    }
    pub mod hedge {
        pub use crate::hedge::{Hedge, Settings};
    }
    pub mod budget {
        pub use crate::retry::budget::{Budget, Settings};
    }
}
