//! The classifier of the AWS SDK, held against errors as its clients build them.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::io;
use std::time::Duration;

use aws_smithy_runtime_api::client::connection::ConnectionMetadata;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::ErrorMetadata;
use resilient_runtime::failure::aws_once;
use resilient_runtime::{Classify, Failure, retry};

type Error = SdkError<ErrorMetadata, HttpResponse>;

fn refused() -> Box<dyn std::error::Error + Send + Sync> {
    io::Error::from(io::ErrorKind::ConnectionRefused).into()
}

fn answered(code: &str, status: u16, header: Option<(&'static str, &'static str)>) -> Error {
    let mut raw = HttpResponse::new(status.try_into().unwrap(), SdkBody::empty());
    if let Some((name, value)) = header {
        raw.headers_mut().insert(name, value);
    }
    let mut meta = ErrorMetadata::builder();
    if !code.is_empty() {
        meta = meta.code(code);
    }
    Error::service_error(meta.build(), raw)
}

#[test]
fn a_lost_connection_is_unknown_whatever_its_kind_because_the_sdk_repeats_by_itself() {
    let metadata = ConnectionMetadata::builder()
        .proxied(false)
        .poison_fn(|| ())
        .build();
    for (error, once) in [
        (ConnectorError::io(refused()), Failure::Unknown),
        (
            ConnectorError::io(refused()).never_connected(),
            Failure::NotSent,
        ),
        (ConnectorError::timeout(refused()), Failure::Unknown),
        (
            ConnectorError::timeout(refused()).never_connected(),
            Failure::NotSent,
        ),
        (
            ConnectorError::io(refused()).with_connection(metadata),
            Failure::Unknown,
        ),
        (ConnectorError::user(refused()), Failure::Unknown),
        (
            ConnectorError::io("connection: NeverConnected }".into()),
            Failure::Unknown,
        ),
    ] {
        let error = Error::dispatch_failure(error);
        assert_eq!(error.failure(), Failure::Unknown, "{error:?}");
        assert_eq!(aws_once(&error), once, "{error:?}");
        let boxed = anyhow::Error::new(error);
        assert_eq!(
            boxed.failure(),
            Failure::Unknown,
            "the walk stops: {boxed:?}"
        );
    }
}

#[test]
fn the_other_kinds_say_how_far_the_call_came() {
    for (error, class) in [
        (Error::construction_failure("no bucket"), Failure::Permanent),
        (Error::timeout_error("3 s"), Failure::Unknown),
        (
            Error::response_error(
                "no json",
                HttpResponse::new(200.try_into().unwrap(), SdkBody::empty()),
            ),
            Failure::Unknown,
        ),
    ] {
        assert_eq!(
            (error.failure(), aws_once(&error)),
            (class, class),
            "{error:?}"
        );
    }
}

#[test]
fn an_answer_is_read_by_its_code_and_then_by_its_status() {
    let seconds = |n| Some(Duration::from_secs(n));
    for (code, status, header, class) in [
        ("ThrottlingException", 400, None, Failure::throttled(None)),
        (
            "SlowDown",
            503,
            Some(("retry-after", "2")),
            Failure::throttled(seconds(2)),
        ),
        (
            "ProvisionedThroughputExceededException",
            400,
            Some(("x-amz-retry-after", "3000")),
            Failure::throttled(seconds(3)),
        ),
        (
            "PriorRequestNotComplete",
            400,
            None,
            Failure::transient(None),
        ),
        (
            "TransactionInProgressException",
            400,
            None,
            Failure::Unknown,
        ),
        ("RequestTimeout", 400, None, Failure::Unknown),
        ("AccessDenied", 403, None, Failure::Permanent),
        ("NoSuchKey", 404, None, Failure::Permanent),
        ("", 429, None, Failure::throttled(None)),
        ("InternalError", 500, None, Failure::Unknown),
        ("InternalError", 200, None, Failure::Unknown),
        ("", 503, None, Failure::Unknown),
        (
            "",
            503,
            Some(("retry-after", "2")),
            Failure::overloaded(seconds(2)),
        ),
    ] {
        assert_eq!(
            answered(code, status, header).failure(),
            class,
            "{code} {status}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn only_who_says_that_the_client_does_not_repeat_gets_a_repeat_of_a_write() {
    #[retry(not_sent, classify(aws_once), attempts = 2)]
    async fn once(calls: &std::cell::Cell<u32>) -> Result<(), Error> {
        calls.set(calls.get() + 1);
        Err(Error::dispatch_failure(
            ConnectorError::io(refused()).never_connected(),
        ))
    }
    #[retry(not_sent, attempts = 2)]
    async fn several(calls: &std::cell::Cell<u32>) -> Result<(), Error> {
        calls.set(calls.get() + 1);
        Err(Error::dispatch_failure(
            ConnectorError::io(refused()).never_connected(),
        ))
    }
    let calls = std::cell::Cell::new(0);
    once(&calls).await.unwrap_err();
    assert_eq!(calls.replace(0), 2);
    several(&calls).await.unwrap_err();
    assert_eq!(calls.get(), 1);
}
