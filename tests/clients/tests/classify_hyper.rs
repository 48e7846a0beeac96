//! The classifiers of hyper and of hyper-util's client, held against what a real server saw.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::{TokioExecutor, TokioIo};
use resilient_runtime::{Classify, Failure};
use resilient_tests::fault_server::{
    CANCEL, ENHANCE_YOUR_CALM, End, Fault, FaultServer, Http2, INTERNAL_ERROR, NO_ERROR,
    REFUSED_STREAM, refusing,
};

fn charge(address: SocketAddr) -> http::Request<Full<Bytes>> {
    let request = http::Request::post(format!("http://{address}/charge"));
    request
        .body(Full::new(Bytes::from_static(b"order 7")))
        .unwrap()
}

/// What a charge, its body included, is answered with.
async fn charged(address: SocketAddr, http2: bool) -> Result<(), anyhow::Error> {
    let mut client = Client::builder(TokioExecutor::new());
    let client = client.http2_only(http2).build_http::<Full<Bytes>>();
    let answer = client.request(charge(address)).await?;
    answer.into_body().collect().await?;
    Ok(())
}

/// The error as its own type says it, which is what the walk along a boxed error has to find as well.
fn class(error: &anyhow::Error) -> Failure {
    let class = match error.downcast_ref::<ClientError>() {
        Some(error) => error.failure(),
        None => error.downcast_ref::<hyper::Error>().unwrap().failure(),
    };
    assert_eq!(error.failure(), class, "{error:?}");
    class
}

async fn failing(fault: Fault) -> (anyhow::Error, usize) {
    let http2 = matches!(fault, Fault::Http2(_));
    let server = FaultServer::start(fault).await.unwrap();
    let error = charged(server.address(), http2).await.unwrap_err();
    tokio::time::sleep(Duration::from_millis(50)).await;
    (error, server.seen())
}

#[tokio::test]
async fn a_connection_that_never_was_proves_that_nothing_was_sent() {
    let error = charged(refusing().await.unwrap(), false).await.unwrap_err();
    assert_eq!(class(&error), Failure::NotSent, "{error:?}");
}

#[tokio::test]
async fn a_request_that_the_client_refuses_itself_is_permanent() {
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let relative = http::Request::get("/charge").body(Full::default()).unwrap();
    let error = client.request(relative).await.unwrap_err();
    assert_eq!(error.failure(), Failure::Permanent, "{error:?}");
}

#[tokio::test]
async fn what_was_read_and_lost_is_unknown() {
    for fault in [
        Fault::answers("", End::Fin),
        Fault::answers("", End::Rst),
        Fault::answers("HTTP/1.1 2", End::Fin),
        Fault::answers("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n7", End::Fin),
        Fault::answers("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n7", End::Rst),
        Fault::answers("garbage\r\n\r\n", End::Fin),
    ] {
        let name = format!("{fault:?}");
        let (error, seen) = failing(fault).await;
        assert_eq!(
            (class(&error), seen),
            (Failure::Unknown, 1),
            "{name}: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_stream_is_left_alone_only_by_the_peers_word_and_before_an_answer() {
    let reset = |code, after_head| Fault::Http2(Http2::ResetStream { code, after_head });
    let go_away = |code, last_stream| Fault::Http2(Http2::GoAway { code, last_stream });
    for (fault, expected) in [
        (reset(REFUSED_STREAM, false), Failure::NotSent),
        (go_away(NO_ERROR, 0), Failure::NotSent),
        (reset(REFUSED_STREAM, true), Failure::Unknown),
        (reset(INTERNAL_ERROR, false), Failure::Unknown),
        (reset(CANCEL, false), Failure::Unknown),
        (reset(ENHANCE_YOUR_CALM, false), Failure::Unknown),
        (go_away(NO_ERROR, 1), Failure::Unknown),
        (go_away(ENHANCE_YOUR_CALM, 0), Failure::Unknown),
    ] {
        let name = format!("{fault:?}");
        let (error, seen) = failing(fault).await;
        assert_eq!(class(&error), expected, "{name}: {error:?}");
        assert!(seen > 0, "{name}: the server read the request");
    }
}

#[tokio::test]
async fn a_request_that_hyper_gives_back_was_not_sent_and_one_it_keeps_may_have_been() {
    let server = FaultServer::start(Fault::answers("", End::Fin))
        .await
        .unwrap();
    let socket = tokio::net::TcpStream::connect(server.address())
        .await
        .unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(socket))
        .await
        .unwrap();
    drop(connection);
    let given_back = sender
        .try_send_request(charge(server.address()))
        .await
        .unwrap_err();
    assert!(given_back.message().is_some());
    assert_eq!(given_back.failure(), Failure::NotSent);
    assert_eq!(server.seen(), 0);

    let socket = tokio::net::TcpStream::connect(server.address())
        .await
        .unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(socket))
        .await
        .unwrap();
    tokio::spawn(connection);
    let kept = sender
        .try_send_request(charge(server.address()))
        .await
        .unwrap_err();
    assert!(kept.message().is_none());
    assert_eq!((kept.failure(), server.seen()), (Failure::Unknown, 1));
}
