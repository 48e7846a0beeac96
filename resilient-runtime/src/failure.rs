//! What an error means: one vocabulary for every policy.

use std::time::Duration;

/// What the caller may conclude from a failed attempt.
///
/// Every policy that looks at failures asks this one question of one classifier, so that retry,
/// breaker and budget can never disagree about the same error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Failure {
    /// Refused locally before the body was polled: proves "not sent", counts nowhere, is never repeated by `retry`.
    Rejected {
        /// When asking again makes sense, if known.
        retry_after: Option<Duration>,
    },
    /// Certainly not processed, and repeating may help: a connect failure, a refused stream, an unprocessed GOAWAY.
    NotSent,
    /// May have been, or was, processed, and the answer is lost: timeouts, resets, 408, 500, 502, 504.
    Unknown,
    /// Answered "not carried out, later perhaps".
    Transient {
        /// The delay the service asked for, a lower bound for the next attempt.
        retry_after: Option<Duration>,
    },
    /// The same, because of load: 429, and 503 with `Retry-After`.
    Overloaded {
        /// The delay the service asked for, a lower bound for the next attempt.
        retry_after: Option<Duration>,
        /// This caller used up its own share (429): the service is healthy, so a breaker does not count it.
        throttled: bool,
    },
    /// Answered, or refused locally, for good: other 4xx, 501, request-building and certificate errors.
    Permanent,
}

/// Says what an error means.
pub trait Classify {
    /// The meaning of this error.
    fn failure(&self) -> Failure;
}
