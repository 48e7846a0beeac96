//! The classifier of reqwest, held against what a real server saw.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod table;

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::{Client, ClientBuilder};
use resilient_runtime::{Classify, Failure};
use resilient_tests::fault_server::{Blackhole, End, Fault, FaultServer, refusing};

use self::table::{
    LIMIT, Row, http1_table, http2_table, leaves_the_request_alone, per_read, plain, total,
};

const PAID: &str = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n7";

/// A row after the call: the error, and how many requests the server had read in full.
struct Observed {
    row: Row,
    error: reqwest::Error,
    seen: usize,
}

/// Whether the server took the request for its own: a refused stream was read, and left alone.
fn may_have_been_carried_out(observed: &Observed) -> bool {
    observed.seen > 0 && !leaves_the_request_alone(&observed.row.fault)
}

async fn pay(client: &Client, address: SocketAddr) -> Result<u32, reqwest::Error> {
    let order = client
        .post(format!("http://{address}/charges"))
        .body("order=7");
    order.send().await?.json().await
}

fn client(set_up: fn(ClientBuilder) -> ClientBuilder) -> Client {
    let client = Client::builder()
        .no_proxy()
        .connect_timeout(LIMIT)
        .timeout(Duration::from_secs(5));
    set_up(client)
        .build()
        .expect("a client without TLS always builds")
}

async fn observe(row: Row) -> Observed {
    let server = FaultServer::start(row.fault.clone()).await.unwrap();
    let error = pay(&client(row.client), server.address())
        .await
        .expect_err(row.name);
    // The client may know before the server has counted.
    for _ in 0..40 {
        if server.seen() == row.seen && row.seen > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Observed {
        row,
        error,
        seen: server.seen(),
    }
}

async fn observe_all() -> Vec<Observed> {
    let mut calls = tokio::task::JoinSet::new();
    for row in http1_table().into_iter().chain(http2_table()) {
        calls.spawn(observe(row));
    }
    calls.join_all().await
}

#[tokio::test]
async fn every_fault_has_the_class_of_the_table_and_no_request_that_was_read_is_called_not_sent() {
    for observed in observe_all().await {
        let Observed { row, error, seen } = &observed;
        let class = error.failure();
        assert!(
            row.class.contains(&class),
            "{}: {class}, {error:?}",
            row.name
        );
        assert_eq!(*seen, row.seen, "{}: requests read", row.name);
        assert!(
            class != Failure::NotSent || !may_have_been_carried_out(&observed),
            "{}",
            row.name
        );
    }
}

/// What a much-used library does: "the message is incomplete" and everything about the request is "not sent".
fn wrong(error: &reqwest::Error) -> Failure {
    if error.is_request() && !error.is_timeout() {
        Failure::NotSent
    } else {
        Failure::Unknown
    }
}

#[tokio::test]
async fn a_classifier_that_goes_by_the_kind_of_the_error_is_caught_by_the_same_table() {
    let observed = observe_all().await;
    let resent = observed
        .iter()
        .filter(|row| wrong(&row.error) == Failure::NotSent && may_have_been_carried_out(row));
    let names: Vec<_> = resent.map(|observed| observed.row.name).collect();
    assert!(
        names.contains(&"FIN after the request") && names.len() >= 8,
        "{names:?}"
    );
}

#[tokio::test]
async fn connecting_that_fails_is_not_sent_even_when_it_is_a_timeout() {
    let refused = pay(&client(plain), refusing().await.unwrap())
        .await
        .unwrap_err();
    assert_eq!(refused.failure(), Failure::NotSent, "{refused:?}");

    let blackhole = Blackhole::start().await.unwrap();
    let silent = pay(&client(plain), blackhole.address()).await.unwrap_err();
    assert!(silent.is_timeout() && silent.is_connect(), "{silent:?}");
    assert_eq!(silent.failure(), Failure::NotSent, "{silent:?}");
}

#[tokio::test]
async fn a_limit_that_is_not_for_connecting_loses_the_proof_that_nothing_was_sent() {
    let blackhole = Blackhole::start().await.unwrap();
    let call = async |limit: fn(ClientBuilder) -> ClientBuilder| {
        let client = limit(Client::builder().no_proxy()).build().unwrap();
        let error = pay(&client, blackhole.address()).await.unwrap_err();
        assert_eq!(error.failure(), Failure::Unknown, "{error:?}");
    };
    tokio::join!(call(total), call(per_read));
}

#[tokio::test]
async fn a_reused_connection_that_breaks_after_the_request_is_unknown() {
    for end in [End::Fin, End::Rst] {
        let server = FaultServer::start(Fault::answers("", end).after(PAID))
            .await
            .unwrap();
        let client = client(plain);
        assert_eq!(pay(&client, server.address()).await.unwrap(), 7);
        let error = pay(&client, server.address()).await.unwrap_err();
        assert_eq!(
            (error.failure(), server.seen()),
            (Failure::Unknown, 2),
            "{end:?}: {error:?}"
        );
    }
}
