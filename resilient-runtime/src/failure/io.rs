//! `std::io::Error`: the kinds that only connecting can give are "not sent", all others are unknown.

use std::io::{Error, ErrorKind};

use super::{Classify, Failure, chain};

/// | error | class | why |
/// |---|---|---|
/// | wraps a known error, such as [`Rejected`](crate::Rejected) | that error's | it knows more than the kind |
/// | `ConnectionRefused`, `AddrNotAvailable` | `NotSent` | only connecting gives them |
/// | everything else | `Unknown` | the same kind is seen before and after the request was read |
///
/// `HostUnreachable` and `NetworkUnreachable` are unknown on purpose: an established connection reports them too,
/// when a route disappears while the answer is awaited. A code that knows it was still connecting
/// can say more, with `classify(path)` or `#[failure(not_sent)]`. For datagrams
/// `ConnectionRefused` may come after an earlier datagram was processed: bring your own classifier.
impl Classify for Error {
    fn failure(&self) -> Failure {
        // `source` steps over the wrapped error itself, so the walk has to begin at `get_ref`.
        if let Some(class) = self.get_ref().and_then(|inner| chain::known_in(inner)) {
            return class;
        }
        match self.kind() {
            ErrorKind::ConnectionRefused | ErrorKind::AddrNotAvailable => Failure::NotSent,
            _ => Failure::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rejected;
    use crate::rejected::Kind;

    #[test]
    fn only_what_is_certain_at_connect_time_is_not_sent() {
        for kind in [ErrorKind::ConnectionRefused, ErrorKind::AddrNotAvailable] {
            assert_eq!(Error::from(kind).failure(), Failure::NotSent, "{kind:?}");
        }
        for kind in [
            ErrorKind::BrokenPipe,
            ErrorKind::ConnectionAborted,
            ErrorKind::ConnectionReset,
            ErrorKind::HostUnreachable,
            ErrorKind::NetworkUnreachable,
            ErrorKind::NotConnected,
            ErrorKind::TimedOut,
            ErrorKind::UnexpectedEof,
            ErrorKind::WriteZero,
        ] {
            assert_eq!(Error::from(kind).failure(), Failure::Unknown, "{kind:?}");
        }
    }

    #[test]
    fn a_rejection_inside_an_io_error_keeps_its_meaning() {
        let refused = || Rejected::unsent(Kind::BulkheadFull, "test::call");
        assert_eq!(Error::from(refused()).failure(), refused().failure());
        assert_eq!(
            Error::other(Error::from(refused())).failure(),
            refused().failure()
        );
    }

    #[test]
    fn a_late_timeout_inside_an_io_error_is_unknown_whatever_the_kind_says() {
        let late = Rejected::sent(Kind::DeadlineExceeded, "test::call");
        assert_eq!(
            Error::new(ErrorKind::ConnectionRefused, late).failure(),
            Failure::Unknown
        );
    }
}
