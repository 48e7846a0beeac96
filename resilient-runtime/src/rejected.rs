//! What our own policies return instead of an answer, and how it becomes the user's error.
//!
//! In goes the reason a policy ended a call, out comes a value that any error type can carry. A
//! policy that never rejects (`retry` alone) asks nothing of the error type.

mod convert;
mod text;

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use self::convert::FromRejected;
#[cfg(feature = "runtime")]
pub(crate) use self::text::Rounded;
use crate::{Classify, Failure};

/// What our own policies return instead of an answer.
///
/// Error types carry it by implementing `From<Rejected>`, see [`FromRejected`]. Its text names the call, the
/// reason and whether the service may still carry it out.
///
/// As a [`Failure`] it is `Rejected` while the body had not been polled (which proves that nothing was
/// sent) and [`Failure::Unknown`] afterwards. Two are equal when kind, call and that proof are; the source is not compared.
#[derive(Clone)]
#[non_exhaustive]
pub struct Rejected {
    kind: Kind,
    call: &'static str,
    sent: bool,
    // One word instead of many: every error type of every user carries this struct.
    details: Option<Arc<Details>>,
}

/// What only few rejections have.
#[derive(Default)]
struct Details {
    /// What it was caused by.
    source: Option<Box<dyn Error + Send + Sync>>,
    /// The key of `on_unknown`.
    key: Option<Arc<str>>,
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
    /// The rate limit has no token for the call, and none comes within `wait` or within the call's own time.
    RateLimited {
        /// The time until one would have come.
        retry_after: Duration,
    },
    /// Every permit of the bulkhead is taken, and so is every place in its queue.
    BulkheadFull,
    /// No permit of the bulkhead came free within `wait`.
    BulkheadTimeout {
        /// The wait that passed.
        wait: Duration,
    },
    /// A test's script said so; see `testing::script`. Nothing else makes one.
    Scripted {
        /// What it means.
        failure: Failure,
    },
    /// `on_unknown`: the outcome was unknown, and `confirm` found after `settles` that the call was not carried out and
    /// never will be.
    NotCarriedOut,
    /// `on_unknown`: the outcome was unknown, and the call was cancelled for good.
    Cancelled,
    /// `on_unknown`: the outcome of this call, or of an earlier one under the same key, is still unknown. The journal and its
    /// reconciler go on.
    Unresolved,
    /// `on_unknown`: the journal takes no more records, and what could not be remembered must not be sent.
    JournalFull,
    /// `on_unknown`: the intent to call could not be written down.
    JournalFailed,
    /// `on_unknown`: the key is empty, longer than 1,024 bytes, or has control characters in it.
    UnfitKey,
}

impl Kind {
    /// The policy that ends calls so, as its attribute is called.
    #[must_use]
    pub const fn policy(&self) -> &'static str {
        match self {
            Self::TotalTimeout { .. } | Self::AttemptTimeout { .. } | Self::DeadlineExceeded => {
                "timeout"
            }
            Self::BreakerOpen { .. } => "breaker",
            Self::RateLimited { .. } => "rate_limit",
            Self::BulkheadFull | Self::BulkheadTimeout { .. } => "bulkhead",
            Self::NotCarriedOut
            | Self::Cancelled
            | Self::Unresolved
            | Self::JournalFull
            | Self::JournalFailed
            | Self::UnfitKey => "on_unknown",
            Self::Scripted { .. } => "script",
        }
    }

    /// The reason in one word, for labels: the variant's name in snake case.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::TotalTimeout { .. } => "total_timeout",
            Self::AttemptTimeout { .. } => "attempt_timeout",
            Self::DeadlineExceeded => "deadline_exceeded",
            Self::BreakerOpen { .. } => "breaker_open",
            Self::RateLimited { .. } => "rate_limited",
            Self::BulkheadFull => "bulkhead_full",
            Self::BulkheadTimeout { .. } => "bulkhead_timeout",
            Self::NotCarriedOut => "not_carried_out",
            Self::Cancelled => "cancelled",
            Self::Unresolved => "unresolved",
            Self::JournalFull => "journal_full",
            Self::JournalFailed => "journal_failed",
            Self::UnfitKey => "unfit_key",
            Self::Scripted { .. } => "scripted",
        }
    }
}

impl Rejected {
    /// For the policies: the call was refused before its body was polled.
    #[doc(hidden)]
    #[must_use]
    pub const fn unsent(kind: Kind, call: &'static str) -> Self {
        Self {
            kind,
            call,
            sent: false,
            details: None,
        }
    }

    /// For the policies: the body had been polled, so the service may have carried it out.
    #[doc(hidden)]
    #[must_use]
    pub const fn sent(kind: Kind, call: &'static str) -> Self {
        Self {
            kind,
            call,
            sent: true,
            details: None,
        }
    }

    /// For the policies: with the error of the call that led to it.
    #[doc(hidden)]
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let key = self.details.and_then(|details| details.key.clone());
        self.details = Some(Arc::new(Details {
            source: Some(source.into()),
            key,
        }));
        self
    }

    /// For `on_unknown`: with the key of the call; before its source, which the key would hide.
    #[cfg(feature = "runtime")]
    pub(crate) fn with_key(mut self, key: &Arc<str>) -> Self {
        let key = Some(Arc::clone(key));
        self.details = Some(Arc::new(Details { source: None, key }));
        self
    }

    /// Why.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The policy that ended the call, as its attribute is called: `timeout`, `breaker`, `rate_limit`, `bulkhead` or `on_unknown`.
    #[must_use]
    pub const fn policy(&self) -> &'static str {
        self.kind.policy()
    }

    /// The key under which the journal keeps the call, in rejections by `on_unknown`. Never part of the text: it may name a person.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.details.as_ref()?.key.as_deref()
    }

    /// The annotated function, as `crate::module::function`.
    #[must_use]
    pub const fn call(&self) -> &'static str {
        self.call
    }

    /// When asking again makes sense: the rest of an open breaker's time, the next turn of a rate limit; none where nobody can say.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self.kind {
            Kind::BreakerOpen { retry_after } => retry_after,
            Kind::Scripted { failure } => failure.retry_after(),
            Kind::RateLimited { retry_after } => Some(retry_after),
            _ => None,
        }
    }

    /// Whether time ran out: the total, one attempt's, or the caller's. Waiting in vain for a permit is a refusal, not a timeout.
    #[must_use]
    pub const fn is_timeout(&self) -> bool {
        matches!(
            self.kind,
            Kind::TotalTimeout { .. } | Kind::AttemptTimeout { .. } | Kind::DeadlineExceeded
        )
    }

    /// Whether the service may have carried the call out: its body had been polled when the policy ended it.
    ///
    /// `false` proves that nothing was sent, or that what was sent is not carried out.
    #[must_use]
    pub const fn is_unknown(&self) -> bool {
        self.sent
    }
}

impl Classify for Rejected {
    fn failure(&self) -> Failure {
        match self.kind {
            Kind::Scripted { failure } => failure,
            _ if self.sent => Failure::Unknown,
            // Sent, and certainly not processed: as good as not sent, so it may be sent again.
            Kind::NotCarriedOut => Failure::NotSent,
            _ => Failure::Rejected {
                retry_after: self.retry_after(),
            },
        }
    }
}

impl Error for Rejected {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source = self.details.as_ref()?.source.as_ref()?;
        Some(&**source)
    }
}

impl PartialEq for Rejected {
    fn eq(&self, other: &Self) -> bool {
        (self.kind, self.call, self.sent) == (other.kind, other.call, other.sent)
    }
}

impl Eq for Rejected {}

impl fmt::Debug for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("Rejected");
        fields
            .field("kind", &self.kind)
            .field("call", &self.call)
            .field("sent", &self.sent);
        if let Some(source) = self.source() {
            fields.field("source", &source);
        }
        // The key stays out: what is printed ends up in logs.
        fields.finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
