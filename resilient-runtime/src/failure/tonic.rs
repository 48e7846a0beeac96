//! `tonic` 0.14: what a status of gRPC means, and how it carries a rejection.
//!
//! The code alone misleads: a connection that was refused and a server that says "unavailable" have one code, and the first
//! proves that nothing was sent. So an error of the transport, which tonic keeps as the source, is asked before the code.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use ::tonic::{Code, ConnectError, Status};

use super::chain::rejection_in;
use super::sending::{canceled, reads_answer, unprocessed};
use super::{Classify, Failure};
use crate::Rejected;

/// What a server asks a client to wait, in milliseconds; gRPC's A6.
const PUSHBACK: &str = "grpc-retry-pushback-ms";

/// Observed over real sockets with tonic 0.14; the order of the rows is the order of the questions.
///
/// | status | class |
/// |---|---|
/// | carries one of our rejections | that one's |
/// | by the transport, connecting: refused, unreachable, DNS, TLS, `connect_timeout` | `NotSent` |
/// | by the transport, left alone: canceled before it was written, HTTP/2 `REFUSED_STREAM`, `GOAWAY` with `NO_ERROR` that excludes the stream | `NotSent` |
/// | by the transport, anything else: the endpoint's timeout (whose code is `Cancelled`), resets, a lost connection | `Unknown` |
/// | by the server, `ResourceExhausted` | `Overloaded`, `throttled` |
/// | by the server, `Unavailable` with `grpc-retry-pushback-ms` | `Overloaded` |
/// | by the server, `Aborted` | `Transient` |
/// | by the server, `InvalidArgument`, `NotFound`, `AlreadyExists`, `PermissionDenied`, `FailedPrecondition`, `OutOfRange`, `Unimplemented`, `Unauthenticated` | `Permanent` |
/// | by the server, `Unavailable`, `DeadlineExceeded`, `Cancelled`, `Unknown`, `Internal`, `DataLoss` | `Unknown` |
///
/// `grpc-retry-pushback-ms` is the wait that `Overloaded` and `Transient` ask for. A negative or unreadable one means "do not
/// repeat" ([A6]): it is a wait without end, which ends every retry. `RetryInfo` in the details is not read.
///
/// `Unavailable` is unknown because the specification says so: it is not always safe to repeat what is not idempotent.
///
/// [A6]: https://github.com/grpc/proposal/blob/master/A6-client-retries.md#pushback
impl Classify for Status {
    fn failure(&self) -> Failure {
        match self.source() {
            Some(transport) => sending(transport),
            None => answered(self),
        }
    }
}

/// An error of the transport: only the phase proves something.
fn sending(transport: &(dyn StdError + 'static)) -> Failure {
    if let Some(rejected) = rejection_in(transport) {
        return rejected;
    }
    let causes = || {
        std::iter::successors(Some(transport), |&cause: &&(dyn StdError + 'static)| {
            cause.source()
        })
    };
    // tonic wraps what is lost before the answer in an error of its own.
    let began = transport.is::<hyper::Error>() || causes().any(reads_answer);
    let left_alone = |cause: &(dyn StdError + 'static)| {
        cause.is::<ConnectError>() || canceled(cause) || (!began && unprocessed(cause))
    };
    if causes().any(left_alone) {
        Failure::NotSent
    } else {
        Failure::Unknown
    }
}

/// The server's own words.
fn answered(status: &Status) -> Failure {
    let pushback = pushback(status);
    match (status.code(), pushback) {
        (Code::ResourceExhausted, wait) => Failure::throttled(wait),
        (Code::Aborted, wait) => Failure::transient(wait),
        (Code::Unavailable, Some(wait)) => Failure::overloaded(Some(wait)),
        (
            Code::InvalidArgument
            | Code::NotFound
            | Code::AlreadyExists
            | Code::PermissionDenied
            | Code::FailedPrecondition
            | Code::OutOfRange
            | Code::Unimplemented
            | Code::Unauthenticated,
            _,
        ) => Failure::Permanent,
        _ => Failure::Unknown,
    }
}

fn pushback(status: &Status) -> Option<Duration> {
    let asked = status.metadata().get(PUSHBACK)?;
    let millis = asked
        .to_str()
        .ok()
        .and_then(|text| text.parse::<i64>().ok());
    let millis = millis.and_then(|millis| u64::try_from(millis).ok());
    Some(millis.map_or(Duration::MAX, Duration::from_millis))
}

/// Timeouts are `DeadlineExceeded`, a full bulkhead and a rate limit `ResourceExhausted`, everything else `Unavailable`; the
/// rejection is the source.
impl From<Rejected> for Status {
    fn from(rejected: Rejected) -> Self {
        let code = match rejected.policy() {
            _ if rejected.is_timeout() => Code::DeadlineExceeded,
            "bulkhead" | "rate_limit" => Code::ResourceExhausted,
            _ => Code::Unavailable,
        };
        let mut status = Self::new(code, rejected.to_string());
        status.set_source(Arc::new(rejected));
        status
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rejected::Kind;

    fn asking(code: Code, wait: &'static str) -> Failure {
        let mut status = Status::new(code, "");
        let wait = wait.parse().expect("a header's value");
        status.metadata_mut().insert(PUSHBACK, wait);
        status.failure()
    }

    #[test]
    fn a_servers_status_means_what_the_specification_says() {
        use Code::{
            Aborted, AlreadyExists, Cancelled, DataLoss, DeadlineExceeded, FailedPrecondition,
            Internal, InvalidArgument, NotFound, OutOfRange, PermissionDenied, ResourceExhausted,
            Unauthenticated, Unavailable, Unimplemented,
        };
        let of = |code| Status::new(code, "").failure();
        for code in [
            InvalidArgument,
            NotFound,
            AlreadyExists,
            PermissionDenied,
            FailedPrecondition,
            OutOfRange,
            Unimplemented,
            Unauthenticated,
        ] {
            assert_eq!(of(code), Failure::Permanent, "{code:?}");
        }
        for code in [
            Unavailable,
            DeadlineExceeded,
            Cancelled,
            Code::Unknown,
            Internal,
            DataLoss,
            Code::Ok,
        ] {
            assert_eq!(of(code), Failure::Unknown, "{code:?}");
        }
        assert_eq!(of(ResourceExhausted), Failure::throttled(None));
        assert_eq!(of(Aborted), Failure::transient(None));
    }

    #[test]
    fn a_pushback_is_a_wait_and_a_refusal_of_repeats_is_one_without_end() {
        let wait = Some(Duration::from_millis(250));
        assert_eq!(asking(Code::Unavailable, "250"), Failure::overloaded(wait));
        assert_eq!(asking(Code::Aborted, "250"), Failure::transient(wait));
        assert_eq!(
            asking(Code::ResourceExhausted, "250"),
            Failure::throttled(wait)
        );
        for no in ["-1", "soon", "99999999999999999999"] {
            assert_eq!(
                asking(Code::Unavailable, no),
                Failure::overloaded(Some(Duration::MAX))
            );
        }
        assert_eq!(asking(Code::NotFound, "250"), Failure::Permanent);
    }

    #[test]
    fn a_rejection_keeps_its_meaning_inside_a_status() {
        let limit = Duration::from_secs(1);
        for (rejected, code) in [
            (
                Rejected::sent(Kind::AttemptTimeout { limit }, "t::c"),
                Code::DeadlineExceeded,
            ),
            (
                Rejected::unsent(Kind::BulkheadFull, "t::c"),
                Code::ResourceExhausted,
            ),
            (
                Rejected::unsent(Kind::BreakerOpen { retry_after: None }, "t::c"),
                Code::Unavailable,
            ),
        ] {
            let status = Status::from(rejected.clone());
            assert_eq!(
                (status.code(), status.failure()),
                (code, rejected.failure())
            );
        }
    }
}
