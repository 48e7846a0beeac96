//! The classifier of tonic, held against what a real server saw.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod raw;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use resilient_runtime::{Classify, Failure, retry, timeout};
use resilient_tests::fault_server::{
    Blackhole, CANCEL, ENHANCE_YOUR_CALM, End, Fault, FaultServer, Http2, INTERNAL_ERROR, NO_ERROR,
    REFUSED_STREAM, refusing,
};
use tonic::transport::Endpoint;
use tonic::{Code, Status};

use raw::{Answers, charge};

/// Bounds every wait of a client.
const LIMIT: Duration = Duration::from_millis(300);

fn endpoint(address: SocketAddr) -> Endpoint {
    let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
    endpoint.connect_timeout(LIMIT).timeout(LIMIT)
}

/// What a charge fails with, and what the server had read in full by then.
async fn failing(fault: Fault) -> (Status, usize) {
    let server = FaultServer::start(fault).await.unwrap();
    let status = charge(&endpoint(server.address())).await.unwrap_err();
    tokio::time::sleep(Duration::from_millis(50)).await;
    (status, server.seen())
}

#[tokio::test]
async fn a_connection_that_never_was_proves_that_nothing_was_sent() {
    let status = charge(&endpoint(refusing().await.unwrap()))
        .await
        .unwrap_err();
    assert_eq!(
        (status.failure(), status.code()),
        (Failure::NotSent, Code::Unavailable)
    );
    let blackhole = Blackhole::start().await.unwrap();
    let only_connect = Endpoint::from_shared(format!("http://{}", blackhole.address())).unwrap();
    let status = charge(&only_connect.connect_timeout(LIMIT))
        .await
        .unwrap_err();
    assert_eq!(status.failure(), Failure::NotSent, "{status:?}");
}

#[tokio::test]
async fn what_the_server_left_alone_is_not_sent_and_nothing_else_that_it_read_is() {
    let reset = |code| {
        Fault::Http2(Http2::ResetStream {
            code,
            after_head: false,
        })
    };
    let go_away = |code, last_stream| Fault::Http2(Http2::GoAway { code, last_stream });
    let late = Fault::Http2(Http2::ResetStream {
        code: REFUSED_STREAM,
        after_head: true,
    });
    for (fault, class) in [
        (reset(REFUSED_STREAM), Failure::NotSent),
        (go_away(NO_ERROR, 0), Failure::NotSent),
        (late, Failure::Unknown),
        (reset(INTERNAL_ERROR), Failure::Unknown),
        (reset(CANCEL), Failure::Unknown),
        (reset(ENHANCE_YOUR_CALM), Failure::Unknown),
        (go_away(NO_ERROR, 1), Failure::Unknown),
        (go_away(ENHANCE_YOUR_CALM, 0), Failure::Unknown),
    ] {
        let name = format!("{fault:?}");
        let (status, seen) = failing(fault).await;
        assert_eq!(status.failure(), class, "{name}: {status:?}");
        assert!(seen > 0, "{name}: the server read the request");
    }
}

#[tokio::test]
async fn a_timeout_is_unknown_whatever_its_code_says() {
    let (status, _seen) = failing(Fault::OnAccept(End::Silence)).await;
    assert_eq!(status.failure(), Failure::Unknown, "{status:?}");
    assert_eq!(status.code(), Code::Cancelled);
}

#[tokio::test]
async fn the_servers_own_codes_are_read_with_their_pushback() {
    let ms = Duration::from_millis;
    for (code, pushback, class) in [
        (Code::Unavailable, None, Failure::Unknown),
        (
            Code::Unavailable,
            Some("40"),
            Failure::overloaded(Some(ms(40))),
        ),
        (Code::ResourceExhausted, None, Failure::throttled(None)),
        (Code::Aborted, Some("7"), Failure::transient(Some(ms(7)))),
        (Code::FailedPrecondition, None, Failure::Permanent),
        (Code::Internal, None, Failure::Unknown),
    ] {
        let server = Answers::start(vec![(code, pushback)]).await;
        let status = charge(&endpoint(server.address)).await.unwrap_err();
        assert_eq!((status.code(), status.failure()), (code, class));
    }
}

#[retry(idempotent, backoff(fixed, "10ms"), jitter(none))]
#[timeout(total = "2s", attempt = "500ms")]
async fn charged(endpoint: &Endpoint) -> Result<(), Status> {
    charge(endpoint).await
}

#[tokio::test]
async fn an_annotated_call_waits_as_long_as_the_server_asks_and_not_at_all_when_it_says_no() {
    let server = Answers::start(vec![(Code::Unavailable, Some("60")), (Code::Ok, None)]).await;
    let began = std::time::Instant::now();
    charged(&endpoint(server.address)).await.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(60));
    let server = Answers::start(vec![(Code::Unavailable, Some("-1")), (Code::Ok, None)]).await;
    let status = charged(&endpoint(server.address)).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
}

#[tokio::test]
async fn a_policys_own_timeout_is_a_status() {
    #[timeout("50ms")]
    async fn slow(endpoint: &Endpoint) -> Result<(), Status> {
        charge(endpoint).await
    }
    let server = FaultServer::start(Fault::OnAccept(End::Silence))
        .await
        .unwrap();
    let status = slow(&endpoint(server.address())).await.unwrap_err();
    assert_eq!(
        (status.code(), status.failure()),
        (Code::DeadlineExceeded, Failure::Unknown)
    );
    assert!(server.address().ip() == Ipv4Addr::LOCALHOST);
}
