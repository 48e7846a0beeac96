//! What an error means: one vocabulary for every policy.
//!
//! In goes an error (or an answer that is `Ok` and failed all the same), out comes a [`Failure`].
//! Refuses to guess: what is not provably something else is [`Failure::Unknown`].

#[cfg(feature = "aws")]
mod aws;
mod chain;
mod http;
#[cfg(feature = "hyper")]
mod hyper;
mod io;
#[cfg(feature = "object_store")]
mod object_store;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "reqwest")]
mod reqwest;
#[cfg(any(feature = "reqwest", feature = "tonic", feature = "hyper"))]
mod sending;
#[cfg(feature = "sqlx")]
mod sqlx;
#[cfg(feature = "tonic")]
mod tonic;

use std::fmt;
use std::time::Duration;

#[cfg(feature = "aws")]
pub use self::aws::aws_once;
#[cfg(any(feature = "reqwest", feature = "aws"))]
pub use self::http::retry_after;
#[cfg(feature = "reqwest")]
pub use self::reqwest::response;
#[cfg(feature = "sqlx")]
pub use self::sqlx::acquiring;

/// What the caller may conclude from a failed attempt.
///
/// Every policy that looks at failures asks this one question of one classifier, so that retry,
/// breaker and budget can never disagree about the same error.
///
/// | class | `retry` of a read or an idempotent call | `retry(not_sent)` | breaker |
/// |---|---|---|---|
/// | `Rejected` | ends the loop | ends the loop | counts as nothing |
/// | `NotSent` | repeats | repeats | a failure |
/// | `Unknown` | repeats, for two tokens | ends the loop | a failure |
/// | `Transient` | repeats | ends the loop | a failure |
/// | `Overloaded` | repeats | ends the loop | a failure, unless `throttled` |
/// | `Permanent` | ends the loop | ends the loop | an answer, so a success |
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

impl Failure {
    /// The service answered "not carried out, later perhaps", and if it said when, `retry_after` is the wait.
    #[must_use]
    pub const fn transient(retry_after: Option<Duration>) -> Self {
        Self::Transient { retry_after }
    }

    /// The service refused because of its own load.
    #[must_use]
    pub const fn overloaded(retry_after: Option<Duration>) -> Self {
        Self::Overloaded {
            retry_after,
            throttled: false,
        }
    }

    /// The service refused because this caller used up its own share; a breaker does not count it.
    #[must_use]
    pub const fn throttled(retry_after: Option<Duration>) -> Self {
        Self::Overloaded {
            retry_after,
            throttled: true,
        }
    }

    /// The wait that was asked for, a lower bound for the next attempt; `None` where nobody named one.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match *self {
            Self::Rejected { retry_after }
            | Self::Transient { retry_after }
            | Self::Overloaded { retry_after, .. } => retry_after,
            Self::NotSent | Self::Unknown | Self::Permanent => None,
        }
    }

    /// Whether nothing was sent for certain: a policy refused, or nobody was reached.
    #[must_use]
    pub const fn is_not_sent(&self) -> bool {
        matches!(self, Self::NotSent | Self::Rejected { .. })
    }

    /// Whether the service may have carried the call out although no answer says so.
    #[must_use]
    pub const fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// The class in one word, for labels: `rejected`, `not_sent`, `unknown`, `transient`, `overloaded`,
    /// `throttled` or `permanent`, the words `#[failure(..)]` takes.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Rejected { .. } => "rejected",
            Self::NotSent => "not_sent",
            Self::Unknown => "unknown",
            Self::Transient { .. } => "transient",
            Self::Overloaded {
                throttled: false, ..
            } => "overloaded",
            Self::Overloaded {
                throttled: true, ..
            } => "throttled",
            Self::Permanent => "permanent",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rejected { .. } => "rejected before it was sent",
            Self::NotSent => "not sent",
            Self::Unknown => "outcome unknown",
            Self::Transient { .. } => "not carried out for now",
            Self::Overloaded {
                throttled: false, ..
            } => "refused by an overloaded service",
            Self::Overloaded {
                throttled: true, ..
            } => "refused by the service's rate limit",
            Self::Permanent => "refused for good",
        })?;
        match self.retry_after() {
            Some(wait) => write!(f, ", again after {wait:?}"),
            None => Ok(()),
        }
    }
}

/// Says what an error means.
///
/// Every policy that looks at failures (`retry`, `breaker`) needs it for the function's error type, or
/// `classify(path)` in its place. Derive it for your own types with [`#[derive(Classify)]`](derive@crate::Classify).
///
/// Ready for use: [`Rejected`](crate::Rejected), [`std::io::Error`], tokio's `Elapsed`, boxed errors and
/// `&E`, `Box<E>`, `Arc<E>`; behind the features of the same name `anyhow::Error`, `reqwest::Error`, `tonic::Status`, the errors of `hyper` and
/// hyper-util's client, `sqlx::Error`, `redis::RedisError`, `object_store::Error` and, with `aws`, the AWS SDK's `SdkError`.
///
/// # Writing one by hand
///
/// Ask in this order: was it *certainly not sent*? did it *time out*? what did the *answer* say? A connect timeout is
/// a timeout and yet certainly not sent. When in doubt answer [`Failure::Unknown`]: it repeats reads
/// and protects writes.
///
/// ```
/// use resilient_runtime::{Classify, Failure};
///
/// enum Declined { NoRoute, Silence, InsufficientFunds }
///
/// impl Classify for Declined {
///     fn failure(&self) -> Failure {
///         match self {
///             Self::NoRoute => Failure::NotSent,
///             Self::Silence => Failure::Unknown,
///             Self::InsufficientFunds => Failure::Permanent,
///         }
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say what its failures mean",
    label = "this error type does not implement `Classify`",
    note = "at run time nobody could tell a call that was not sent from one that may have been carried out: a retry would repeat \
            validation errors or double a payment, a breaker would open on them",
    note = "for a type of your own write `#[derive(Classify)]` on it and `#[failure(not_sent | unknown | transient | overloaded | \
            permanent | from)]` on its variants",
    note = "for any other type write `classify(path)` in one attribute of the function, where `path` is a `fn(&{Self}) -> Failure`"
)]
pub trait Classify {
    /// The meaning of this error.
    fn failure(&self) -> Failure;
}

/// What `#[failure(transient(retry_after = field))]` reads out of the field.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a wait",
    label = "this field does not hold a duration",
    note = "at run time the next attempt would come too early or too late, because a bare number has no unit",
    note = "make the field a `Duration` or an `Option<Duration>`"
)]
pub trait Wait {
    fn wait(&self) -> Option<Duration>;
}

impl Wait for Duration {
    fn wait(&self) -> Option<Duration> {
        Some(*self)
    }
}

impl Wait for Option<Duration> {
    fn wait(&self) -> Option<Duration> {
        *self
    }
}
