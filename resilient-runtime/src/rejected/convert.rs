//! How a rejection becomes the function's own error.

use std::io;

use super::{Kind, Rejected};

/// An error type that can carry a rejection: everything that is `From<Rejected>`.
///
/// `anyhow::Error`, `eyre::Report` and boxed errors are by their own blanket conversions, `std::io::Error`
/// and `String` by ours. For your own types there are three ways:
///
/// ```
/// # use resilient_runtime::Rejected;
/// // 1. thiserror: #[error(transparent)] Policy(#[from] Rejected)
/// // 2. the derive:
/// #[derive(resilient_runtime::FromRejected)]
/// enum PaymentError {
///     Declined(String),
///     #[rejected]
///     Policy(Rejected),
/// }
/// // 3. for an error type you cannot change, a function in one attribute: `rejected(to_my_error)`
/// fn to_my_error(rejected: Rejected) -> std::fmt::Error {
///     eprintln!("{rejected}");
///     std::fmt::Error
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot carry a policy's rejection",
    label = "this error type is not `From<Rejected>`",
    note = "when a policy ends a call (time is up, the breaker is open, the bulkhead is full) the function has to return its own \
            error, and there is no way to make one",
    note = "with thiserror write a variant `#[error(transparent)] Policy(#[from] Rejected)`",
    note = "without it write `#[derive(FromRejected)]` on the type and `#[rejected]` on a variant `Policy(Rejected)`",
    note = "for a type of another crate write `rejected(path)` in one attribute of the function, where `path` is a \
            `fn(Rejected) -> {Self}`"
)]
pub trait FromRejected: Sized {
    /// The error to return in place of an answer.
    fn from_rejected(rejected: Rejected) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E: From<Rejected>> FromRejected for E {
    fn from_rejected(rejected: Rejected) -> Self {
        Self::from(rejected)
    }
}

/// Timeouts are `TimedOut`, an open breaker is `ConnectionRefused`, a rate limit `QuotaExceeded`, a full bulkhead
/// `ResourceBusy`; the rejection is inside.
///
/// Never `WouldBlock`: readers of sockets take it for "wait until ready" and would wait forever.
impl From<Rejected> for io::Error {
    fn from(rejected: Rejected) -> Self {
        let kind = match rejected.kind() {
            Kind::TotalTimeout { .. } | Kind::AttemptTimeout { .. } | Kind::DeadlineExceeded => {
                io::ErrorKind::TimedOut
            }
            Kind::BreakerOpen { .. } => io::ErrorKind::ConnectionRefused,
            Kind::RateLimited { .. } => io::ErrorKind::QuotaExceeded,
            Kind::BulkheadFull | Kind::BulkheadTimeout { .. } => io::ErrorKind::ResourceBusy,
            Kind::JournalFull => io::ErrorKind::StorageFull,
            Kind::UnfitKey => io::ErrorKind::InvalidInput,
            Kind::NotCarriedOut
            | Kind::Cancelled
            | Kind::Unresolved
            | Kind::JournalFailed
            | Kind::Scripted { .. } => io::ErrorKind::Other,
        };
        Self::new(kind, rejected)
    }
}

/// The text.
impl From<Rejected> for String {
    fn from(rejected: Rejected) -> Self {
        rejected.to_string()
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::time::Duration;

    use super::*;

    fn open() -> Rejected {
        Rejected::unsent(Kind::BreakerOpen { retry_after: None }, "pay::charge")
    }

    #[test]
    fn common_error_types_carry_a_rejection_for_free() {
        assert_eq!(Rejected::from_rejected(open()), open());
        assert_eq!(String::from_rejected(open()), open().to_string());
        let boxed: Box<dyn Error + Send + Sync> = FromRejected::from_rejected(open());
        assert_eq!(boxed.downcast_ref(), Some(&open()));
        let boxed: Box<dyn Error> = FromRejected::from_rejected(open());
        assert_eq!(boxed.downcast_ref(), Some(&open()));
    }

    #[cfg(feature = "anyhow")]
    #[test]
    fn anyhow_carries_a_rejection_for_free() {
        assert_eq!(
            anyhow::Error::from_rejected(open()).downcast_ref(),
            Some(&open())
        );
    }

    #[test]
    fn an_io_error_keeps_the_rejection_under_the_kind_its_readers_know() {
        let limit = Duration::from_secs(1);
        for (kind, expected) in [
            (Kind::TotalTimeout { limit }, io::ErrorKind::TimedOut),
            (Kind::AttemptTimeout { limit }, io::ErrorKind::TimedOut),
            (Kind::DeadlineExceeded, io::ErrorKind::TimedOut),
            (
                Kind::BreakerOpen { retry_after: None },
                io::ErrorKind::ConnectionRefused,
            ),
            (
                Kind::RateLimited { retry_after: limit },
                io::ErrorKind::QuotaExceeded,
            ),
            (Kind::BulkheadFull, io::ErrorKind::ResourceBusy),
            (
                Kind::BulkheadTimeout { wait: limit },
                io::ErrorKind::ResourceBusy,
            ),
            (Kind::JournalFull, io::ErrorKind::StorageFull),
            (Kind::UnfitKey, io::ErrorKind::InvalidInput),
            (Kind::Unresolved, io::ErrorKind::Other),
        ] {
            let rejected = Rejected::unsent(kind, "pay::charge");
            let error = io::Error::from(rejected.clone());
            assert_eq!(error.kind(), expected);
            assert_eq!(
                error.get_ref().and_then(|inner| inner.downcast_ref()),
                Some(&rejected)
            );
        }
    }
}
