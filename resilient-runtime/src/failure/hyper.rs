//! `hyper` 1 and the legacy client of `hyper-util`: what an error of a request means.
//!
//! "Not sent" is claimed where hyper says that it wrote nothing, where it gives the request back, and where the peer says that
//! it left the stream alone. Refuses to read the kind of an io error as a proof: the same reset is seen before and after.

use ::hyper::Error;
use ::hyper::client::conn::TrySendError;
use hyper_util::client::legacy;

use super::sending::{canceled, causes, certificate, reads_answer, unprocessed};
use super::{Classify, Failure};

/// What an error of a *request* means, from `send_request` or from reading the answer's body. The order of the rows is the
/// order of the questions.
///
/// | error | class |
/// |---|---|
/// | `is_canceled`: the connection never took the request | `NotSent` |
/// | HTTP/2 `REFUSED_STREAM`, or `GOAWAY` with `NO_ERROR` that excludes this stream, before an answer began | `NotSent` |
/// | the same two while the answer's body is read: it had been processed | `Unknown` |
/// | `is_user`: your body failed while it was being sent, among others | `Unknown` |
/// | `is_timeout`, `is_incomplete_message`, `is_closed`, `is_parse`, resets, everything else | `Unknown` |
///
/// An error that the task of a *connection* ends with speaks of no single request: do not classify calls by it.
impl Classify for Error {
    fn failure(&self) -> Failure {
        let left_alone = !reads_answer(self) && causes(self).any(unprocessed);
        if self.is_canceled() || left_alone {
            Failure::NotSent
        } else {
            Failure::Unknown
        }
    }
}

/// | `try_send_request` fails | class |
/// |---|---|
/// | and gives the request back | `NotSent` |
/// | without it | that of its `hyper::Error` |
impl<B> Classify for TrySendError<B> {
    fn failure(&self) -> Failure {
        if self.message().is_some() {
            Failure::NotSent
        } else {
            self.error().failure()
        }
    }
}

/// The order of the rows is the order of the questions.
///
/// | error | class |
/// |---|---|
/// | refused before a connection was asked for: version, method or address (`client error (User..)`) | `Permanent` |
/// | not connected, because one side refused the other's certificate | `Permanent` |
/// | `is_connect`: refused, unreachable, DNS, TLS, the connector's own timeout | `NotSent` |
/// | wraps a `hyper::Error` that is `NotSent` | `NotSent` |
/// | everything else | `Unknown` |
///
/// The first row is read from the text, since the kinds are private; one that is missed is `Unknown`. By itself the
/// client sends again only what hyper gave back, so no attempt hides behind the last error.
impl Classify for legacy::Error {
    fn failure(&self) -> Failure {
        if self.to_string().starts_with("client error (User") {
            return Failure::Permanent;
        }
        if self.is_connect() {
            return if causes(self).any(certificate) {
                Failure::Permanent
            } else {
                Failure::NotSent
            };
        }
        let began = causes(self).any(reads_answer);
        if causes(self).any(|cause| canceled(cause) || (!began && unprocessed(cause))) {
            Failure::NotSent
        } else {
            Failure::Unknown
        }
    }
}
