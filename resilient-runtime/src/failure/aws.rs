//! The AWS SDK: what the `SdkError` of any of its clients means.
//!
//! The SDK sends three times if not told otherwise, and shows the last error alone. So nothing of the transport is claimed to be
//! "not sent", unless the user says that the client does not repeat, with [`aws_once`].

use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::{Classify, Failure, http};

/// The order of the rows is the order of the questions.
///
/// | error | class |
/// |---|---|
/// | `ConstructionFailure`: the request was not built | `Permanent` |
/// | `TimeoutError` | `Unknown` |
/// | `DispatchFailure`, whatever its kind: io and timeouts, before and after the request left | `Unknown` |
/// | `ResponseError`: carried out, result lost | `Unknown` |
/// | `ServiceError`, by code: `ThrottlingException`, `TooManyRequestsException`, `SlowDown`, `RequestLimitExceeded`, .. | `Overloaded`, `throttled` |
/// | `ServiceError`, by code: `PriorRequestNotComplete` | `Transient` |
/// | `ServiceError`, by code: `TransactionInProgressException`, `RequestTimeout`, `RequestTimeoutException` | `Unknown` |
/// | `ServiceError`, by status | [`Failure::from_status`] |
///
/// The codes are those that the SDK itself takes for throttling, but for `TransactionInProgressException`: the call with this
/// token is being carried out. The wait is that of `x-amz-retry-after` (milliseconds) or `Retry-After`.
///
/// For writes build the client with `RetryConfig::disabled()`: after hidden repeats even "throttled" or "access denied" says
/// nothing of the attempts before.
impl<E: ProvideErrorMetadata> Classify for SdkError<E, HttpResponse> {
    fn failure(&self) -> Failure {
        match self {
            Self::ConstructionFailure(_) => Failure::Permanent,
            Self::ServiceError(answer) => answered(answer.err().code(), answer.raw()),
            _ => Failure::Unknown,
        }
    }
}

/// For clients with `RetryConfig::disabled()`, as `classify(resilient_runtime::failure::aws_once)`: a `DispatchFailure` whose
/// connection was never established is `NotSent`. Everything else is as [`Classify`] says.
///
/// With a client that repeats by itself it is wrong: an earlier attempt may have been carried out. The SDK keeps the
/// phase private and shows it in the `Debug` text alone; a text that is not understood is `Unknown`.
#[must_use]
pub fn aws_once<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Failure {
    let SdkError::DispatchFailure(failure) = error else {
        return error.failure();
    };
    match failure.as_connector_error() {
        Some(error) if never_connected(error) => Failure::NotSent,
        _ => Failure::Unknown,
    }
}

/// Always `Unknown`: it stops the walk along the sources of a boxed `SdkError`, where a "connection refused" of the last of
/// several hidden attempts would be taken for a proof.
impl Classify for ConnectorError {
    fn failure(&self) -> Failure {
        Failure::Unknown
    }
}

/// The last field of the derived text, so that nothing in the source's own text can be taken for it.
fn never_connected(error: &ConnectorError) -> bool {
    format!("{error:?}").ends_with("connection: NeverConnected }")
}

fn answered(code: Option<&str>, answer: &HttpResponse) -> Failure {
    match code {
        Some(
            "Throttling"
            | "ThrottlingException"
            | "ThrottledException"
            | "RequestThrottledException"
            | "RequestThrottled"
            | "TooManyRequestsException"
            | "ProvisionedThroughputExceededException"
            | "RequestLimitExceeded"
            | "BandwidthLimitExceeded"
            | "LimitExceededException"
            | "SlowDown"
            | "EC2ThrottledException",
        ) => Failure::throttled(wait(answer)),
        Some("PriorRequestNotComplete") => Failure::transient(wait(answer)),
        Some("TransactionInProgressException" | "RequestTimeout" | "RequestTimeoutException") => {
            Failure::Unknown
        }
        _ => {
            Failure::from_status(answer.status().as_u16(), wait(answer)).unwrap_or(Failure::Unknown)
        }
    }
}

fn wait(answer: &HttpResponse) -> Option<Duration> {
    let headers = answer.headers();
    let millis = headers.get("x-amz-retry-after");
    let millis = millis.and_then(|millis| millis.parse().ok());
    millis.map(Duration::from_millis).or_else(|| {
        let date = headers.get("date").map(str::as_bytes);
        http::retry_after(headers.get("retry-after")?.as_bytes(), date)
    })
}
