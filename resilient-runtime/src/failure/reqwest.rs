//! `reqwest` 0.13: what an error of `send()` or of reading the body means, and which answers are failures.
//!
//! "Not sent" is claimed only where the phase of the call proves it. The kind of an error proves
//! nothing: the same reset is seen before and after the server has read the request.

use std::time::Duration;

use ::reqwest::header::{DATE, HeaderMap, HeaderValue, RETRY_AFTER};
use ::reqwest::{Error, Response};

use super::sending::{causes, certificate, left_alone};
use super::{Classify, Failure, http};

/// Observed over real sockets with reqwest 0.13; the order of the rows is the order of the questions.
///
/// | error | class |
/// |---|---|
/// | building the request | `Permanent` |
/// | not sent, because one side refused the other's certificate | `Permanent` |
/// | connecting: refused, unreachable, DNS, TLS, `connect_timeout` | `NotSent` |
/// | canceled before the connection took the request | `NotSent` |
/// | HTTP/2 `REFUSED_STREAM`, or `GOAWAY` with `NO_ERROR` that excludes this stream | `NotSent` |
/// | `timeout` or `read_timeout`, also while connecting | `Unknown` |
/// | reset, end of file, garbage, any other HTTP/2 error | `Unknown` |
/// | the body is lost or does not decode: carried out, result lost | `Unknown` |
/// | following a redirect fails | `Unknown` |
/// | a status, from `error_for_status` | [`Failure::from_status`] without `Retry-After` |
///
/// What to set on the client, so that the proofs hold:
/// * a `connect_timeout` shorter than every other limit. When `timeout` or the function's own limit passes while connecting, the
///   error no longer says that nothing was sent, and the class is `Unknown`.
/// * `redirect::Policy::none()` for writes. An error of the second hop looks like one of the first: a
///   `POST` that was carried out and answered with 303, followed by a `GET` that cannot connect, is "connecting".
/// * `retry::never()` if you count requests: by itself reqwest sends a refused HTTP/2 stream up to three times.
///
/// A refused certificate is told from other failures to connect by its text, since none of the TLS back
/// ends is a dependency: any cause whose text contains "certificate", as those of rustls (tried: unknown issuer,
/// wrong name, client certificate missing), OpenSSL, Secure Transport and `SChannel` do. One that
/// is missed is `NotSent`, which is as true, and is repeated in vain.
impl Classify for Error {
    fn failure(&self) -> Failure {
        if self.is_builder() {
            return Failure::Permanent;
        }
        if self.is_request() {
            return sending(self);
        }
        let status = self.status().map(|status| status.as_u16());
        status
            .and_then(|status| Failure::from_status(status, None))
            .unwrap_or(Failure::Unknown)
    }
}

/// Without a connection no request leaves; with one, only hyper's and the peer's own word that it
/// was left alone is a proof.
fn sending(error: &Error) -> Failure {
    if !error.is_connect() && !causes(error).any(left_alone) {
        return Failure::Unknown;
    }
    // Below the outermost text, which holds the URL: the user's own words.
    if causes(error).any(certificate) {
        Failure::Permanent
    } else {
        Failure::NotSent
    }
}

/// Which answers of an HTTP service are failures, for `failed(..)`: by status, with the wait of `Retry-After`.
///
/// `None` for a status below 400, otherwise the class of [`Failure::from_status`]. Without it a 503 is
/// a success, because `send()` returns it as `Ok`; with `error_for_status()` instead the `Retry-After` is lost.
///
/// Looks at the head alone. Of several `Retry-After` lines the longest readable one counts.
#[must_use]
pub fn response(answer: &Response) -> Option<Failure> {
    let status = answer.status().as_u16();
    // Most answers are no failure, and then there is no wait to look for.
    Failure::from_status(status, None)?;
    Failure::from_status(status, longest_wait(answer.headers()))
}

fn longest_wait(headers: &HeaderMap) -> Option<Duration> {
    let date = headers.get(DATE).map(HeaderValue::as_bytes);
    headers
        .get_all(RETRY_AFTER)
        .iter()
        .filter_map(|wait| http::retry_after(wait.as_bytes(), date))
        .max()
}
