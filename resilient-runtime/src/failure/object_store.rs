//! `object_store` 0.14: what an error of a store means, and that of one HTTP request below it.
//!
//! The stores send again by themselves, ten times if not told otherwise, and show the last error alone. So a class other than
//! `Unknown` needs the proof that the request was sent once. Refuses `HttpErrorKind::Request` as a proof of "not sent", which
//! `object_store` takes it for: it comes after the service has read the request, too.

use std::error::Error as StdError;

use ::object_store::Error;
use ::object_store::client::{HttpError, HttpErrorKind};

use super::{Classify, Failure, chain};

/// What one HTTP request failed with. The order of the rows is the order of the questions.
///
/// | error | class |
/// |---|---|
/// | `Connect`, or wraps an error that is known to be not sent (a connect timeout of reqwest, with the feature `reqwest`) | `NotSent` |
/// | `Request`, `Timeout`, `Interrupted`, `Decode`, `Unknown` | `Unknown` |
impl Classify for HttpError {
    fn failure(&self) -> Failure {
        let below = || self.source().and_then(chain::known_in);
        if self.kind() == HttpErrorKind::Connect || below() == Some(Failure::NotSent) {
            Failure::NotSent
        } else {
            Failure::Unknown
        }
    }
}

/// The order of the rows is the order of the questions.
///
/// | error | class |
/// |---|---|
/// | the store has sent a write more than once by itself: an earlier one may have been carried out | `Unknown` |
/// | `NotFound`, `AlreadyExists`, `Precondition`, `NotModified`, `PermissionDenied`, `Unauthenticated`: an answer | `Permanent` |
/// | `InvalidPath`, `NotSupported`, `NotImplemented`, `UnknownConfigurationKey`: refused locally | `Permanent` |
/// | `Generic` around an [`HttpError`] of a request that was sent once | that one's |
/// | `Generic` around a status of a request that was sent once | [`Failure::from_status`] without `Retry-After` |
/// | everything else | `Unknown` |
///
/// `RetryConfig { max_retries: 0, .. }` keeps the proofs, and leaves the repeats to `retry`. How often a request was sent,
/// and its status, is read from the text of `object_store`'s error, whose type is private; a text that is not understood is
/// `Unknown`.
///
/// An operation of several requests (`rename`, `delete_stream`, copies in parts) fails with the error of one of them, and the
/// others may have been carried out: `classify` those with a function that says so.
impl Classify for Error {
    fn failure(&self) -> Failure {
        let sendings = Sendings::of(self);
        if matches!(sendings, Sendings::Several) {
            return Failure::Unknown;
        }
        match self {
            Self::NotFound { .. }
            | Self::AlreadyExists { .. }
            | Self::Precondition { .. }
            | Self::NotModified { .. }
            | Self::PermissionDenied { .. }
            | Self::Unauthenticated { .. }
            | Self::InvalidPath { .. }
            | Self::NotSupported { .. }
            | Self::NotImplemented { .. }
            | Self::UnknownConfigurationKey { .. } => Failure::Permanent,
            Self::Generic { .. } if matches!(sendings, Sendings::Once) => sent_once(self),
            _ => Failure::Unknown,
        }
    }
}

/// The status is in the text of the innermost request's error, which begins with it.
fn sent_once(error: &Error) -> Failure {
    let known = causes(error).find_map(|cause| {
        if let Some(error) = cause.downcast_ref::<HttpError>() {
            return Some(error.failure());
        }
        let text = cause.to_string();
        let status = text.strip_prefix("Server returned non-2xx status code: ")?;
        Failure::from_status(status.get(..3)?.parse().ok()?, None)
    });
    known.unwrap_or(Failure::Unknown)
}

/// How often the store sent the request, as far as its text proves it.
enum Sendings {
    /// Nothing in the chain speaks of requests: a store without a network, or a refusal before.
    Silent,
    /// Once; or it was a read, of which no other can have changed anything.
    Once,
    /// More often, or the text is not understood.
    Several,
}

impl Sendings {
    fn of(error: &Error) -> Self {
        let retried = causes(error).find_map(|cause| {
            let text = cause.to_string();
            let inner = cause.source()?.to_string();
            let request = text.strip_prefix("Error performing ")?;
            Some(is_read(request) || took_one(request, &inner))
        });
        match retried {
            None => Self::Silent,
            Some(true) => Self::Once,
            Some(false) => Self::Several,
        }
    }
}

fn is_read(request: &str) -> bool {
    request.starts_with("GET ") || request.starts_with("HEAD ")
}

/// `PUT https://.. in 1.5ms - <inner>`, where a repeated one has the number of its retries after the time.
fn took_one(request: &str, inner: &str) -> bool {
    let took = request
        .strip_suffix(inner)
        .and_then(|head| head.strip_suffix(" - "))
        .and_then(|head| head.rsplit_once(" in "))
        .map_or("", |(_, took)| took);
    let unit = took.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    unit.len() < took.len() && matches!(unit, "ns" | "\u{b5}s" | "ms" | "s")
}

fn causes(error: &Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&cause: &&(dyn StdError + 'static)| {
        cause.source()
    })
}
