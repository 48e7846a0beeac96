//! The classifier of `object_store`, held against what a real server saw.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::error::Error as _;
use std::net::SocketAddr;
use std::time::Duration;

use object_store::client::{HttpError, HttpErrorKind};
use object_store::http::{HttpBuilder, HttpStore};
use object_store::memory::InMemory;
use object_store::{
    BackoffConfig, ClientOptions, Error, ObjectStore, ObjectStoreExt, PutMode, PutPayload,
    RetryConfig,
};
use resilient_runtime::{Classify, Failure};
use resilient_tests::fault_server::{End, Fault, FaultServer, refusing};

fn store(address: SocketAddr, max_retries: usize) -> HttpStore {
    // Fails for all but the first of the tests, which is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let short = BackoffConfig {
        init_backoff: Duration::from_millis(5),
        max_backoff: Duration::from_millis(5),
        base: 2.0,
    };
    HttpBuilder::new()
        .with_url(format!("http://{address}"))
        .with_client_options(
            ClientOptions::new()
                .with_allow_http(true)
                .with_timeout(Duration::from_millis(300)),
        )
        .with_retry(RetryConfig {
            max_retries,
            backoff: short,
            ..RetryConfig::default()
        })
        .build()
        .unwrap()
}

/// What writing an object fails with.
async fn put(address: SocketAddr, max_retries: usize) -> Error {
    let object = "receipt-7".into();
    let store = store(address, max_retries);
    store
        .put(&object, PutPayload::from_static(b"paid"))
        .await
        .unwrap_err()
}

fn kind(error: &Error) -> Option<HttpErrorKind> {
    std::iter::successors(error.source(), |&cause| cause.source())
        .find_map(|cause| cause.downcast_ref::<HttpError>())
        .map(HttpError::kind)
}

#[tokio::test]
async fn a_connection_that_never_was_is_a_proof_only_when_the_store_tried_once() {
    let nowhere = refusing().await.unwrap();
    let once = put(nowhere, 0).await;
    assert_eq!(kind(&once), Some(HttpErrorKind::Connect));
    assert_eq!(once.failure(), Failure::NotSent, "{once}");
    assert_eq!(anyhow::Error::new(once).failure(), Failure::NotSent);
    // The last of three looks the same, and hides what the other two met.
    let several = put(nowhere, 2).await;
    assert_eq!(kind(&several), Some(HttpErrorKind::Connect));
    assert_eq!(several.failure(), Failure::Unknown, "{several}");
    assert_eq!(anyhow::Error::new(several).failure(), Failure::Unknown);
}

#[tokio::test]
async fn what_object_store_takes_for_not_sent_was_read_by_the_server() {
    let server = FaultServer::start(Fault::answers("", End::Fin))
        .await
        .unwrap();
    let error = put(server.address(), 0).await;
    assert_eq!(kind(&error), Some(HttpErrorKind::Request), "{error}");
    assert_eq!((error.failure(), server.seen()), (Failure::Unknown, 1));
    let server = FaultServer::start(Fault::answers("", End::Rst))
        .await
        .unwrap();
    assert_eq!(put(server.address(), 0).await.failure(), Failure::Unknown);
    let server = FaultServer::start(Fault::OnAccept(End::Silence))
        .await
        .unwrap();
    assert_eq!(put(server.address(), 0).await.failure(), Failure::Unknown);
}

#[tokio::test]
async fn a_status_means_what_it_says_only_when_the_store_tried_once() {
    for (status, once, several) in [
        (429, Failure::throttled(None), Failure::Unknown),
        (500, Failure::Unknown, Failure::Unknown),
        (503, Failure::Unknown, Failure::Unknown),
        (400, Failure::Permanent, Failure::Permanent),
        (403, Failure::Permanent, Failure::Permanent),
        (412, Failure::Permanent, Failure::Permanent),
    ] {
        let server = FaultServer::start(Fault::status(status, &[]))
            .await
            .unwrap();
        let error = put(server.address(), 0).await;
        assert_eq!(error.failure(), once, "{status}: {error}");
        let error = put(server.address(), 2).await;
        assert_eq!(error.failure(), several, "{status}: {error}");
    }
}

#[tokio::test]
async fn an_answer_behind_a_hidden_repeat_of_a_write_may_be_the_echo_of_our_own() {
    let lost_then_there = || {
        let there = "HTTP/1.1 412 Status\r\nContent-Length: 0\r\n\r\n";
        Fault::answers(there, End::KeepAlive)
            .after("HTTP/1.1 500 Status\r\nContent-Length: 0\r\n\r\n")
    };
    let server = FaultServer::start(lost_then_there()).await.unwrap();
    let error = put(server.address(), 2).await;
    assert!(matches!(error, Error::Precondition { .. }), "{error}");
    assert_eq!((error.failure(), server.seen()), (Failure::Unknown, 2));
    // A read can have changed nothing, however often it was sent.
    let server = FaultServer::start(lost_then_there()).await.unwrap();
    let read = store(server.address(), 2).get(&"receipt-7".into()).await;
    assert_eq!(read.unwrap_err().failure(), Failure::Permanent);
}

#[tokio::test]
async fn a_store_without_a_network_answers_for_good() {
    let memory = InMemory::new();
    let missing = memory.get(&"receipt-7".into()).await.unwrap_err();
    assert_eq!(missing.failure(), Failure::Permanent);
    let payload = PutPayload::from_static(b"paid");
    memory.put(&"a".into(), payload.clone()).await.unwrap();
    let there = memory
        .put_opts(&"a".into(), payload, PutMode::Create.into())
        .await;
    assert_eq!(there.unwrap_err().failure(), Failure::Permanent);
    let broken = object_store::path::Path::parse("a//b").unwrap_err();
    assert_eq!(Error::from(broken).failure(), Failure::Permanent);
    let foreign = Error::Generic {
        store: "own",
        source: "no request".into(),
    };
    assert_eq!(foreign.failure(), Failure::Unknown);
}

#[test]
fn one_request_is_not_sent_only_when_it_could_not_connect() {
    for (kind, class) in [
        (HttpErrorKind::Connect, Failure::NotSent),
        (HttpErrorKind::Request, Failure::Unknown),
        (HttpErrorKind::Timeout, Failure::Unknown),
        (HttpErrorKind::Interrupted, Failure::Unknown),
        (HttpErrorKind::Decode, Failure::Unknown),
        (HttpErrorKind::Unknown, Failure::Unknown),
    ] {
        let error = HttpError::new(kind, std::fmt::Error);
        assert_eq!(error.failure(), class, "{kind:?}");
    }
}
