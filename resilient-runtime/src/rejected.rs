//! What our own policies return.

use std::fmt;
use std::time::Duration;

/// What our own policies return instead of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejected {
    kind: Kind,
    call: &'static str,
    sent: bool,
}

/// Why a policy ended the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The whole call took longer than `timeout(total)`.
    TotalTimeout {
        /// The limit that passed.
        limit: Duration,
    },
    /// One attempt took longer than `timeout(attempt)`.
    AttemptTimeout {
        /// The limit that passed.
        limit: Duration,
    },
    /// Too little of the caller's time was left to start.
    DeadlineExceeded,
    /// The breaker is open.
    BreakerOpen {
        /// The time until it lets a probe through; none when it was forced open.
        retry_after: Option<Duration>,
    },
    /// Every permit of the bulkhead is taken, and so is every place in its queue.
    BulkheadFull,
    /// No permit of the bulkhead came free within `wait`.
    BulkheadTimeout {
        /// The wait that passed.
        wait: Duration,
    },
}

impl Rejected {
    /// For the policies: the call was refused before its body was polled.
    #[doc(hidden)]
    #[must_use]
    pub const fn unsent(kind: Kind, call: &'static str) -> Self {
        Self { kind, call, sent: false }
    }
    /// For the policies: the body had been polled, so the service may have carried it out.
    #[doc(hidden)]
    #[must_use]
    pub const fn sent(kind: Kind, call: &'static str) -> Self {
        Self { kind, call, sent: true }
    }
    /// Why.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }
    /// The annotated function, as `crate::module::function`.
    #[must_use]
    pub const fn call(&self) -> &'static str {
        self.call
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.call, self.kind)
    }
}

impl std::error::Error for Rejected {}
