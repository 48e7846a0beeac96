//! What reqwest says while every connection works: statuses, redirects, names, certificates, requests that cannot be built.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Response};
use resilient_runtime::failure::response;
use resilient_runtime::{Classify, Failure};
use resilient_tests::fault_server::{Fault, FaultServer, refusing};

fn client() -> ClientBuilder {
    Client::builder().no_proxy().timeout(Duration::from_secs(5))
}

/// A client that returns redirects instead of following them.
fn careful() -> Client {
    client().redirect(Policy::none()).build().unwrap()
}

async fn refused() -> reqwest::Error {
    let url = format!("http://{}/charges", refusing().await.unwrap());
    client()
        .build()
        .unwrap()
        .post(url)
        .send()
        .await
        .unwrap_err()
}

#[tokio::test]
async fn a_request_that_cannot_be_built_is_permanent() {
    let client = client().build().unwrap();
    for url in ["no url", "ftp://127.0.0.1/", "http://{{host}}/"] {
        let error = client.post(url).send().await.unwrap_err();
        assert_eq!(error.failure(), Failure::Permanent, "{error:?}");
    }
    let broken = client
        .post("http://127.0.0.1/")
        .header("key", "line\r\nbreak");
    let error = broken.send().await.unwrap_err();
    assert_eq!(error.failure(), Failure::Permanent, "{error:?}");
}

/// A resolver that fails with these words.
struct Unresolved(&'static str);

impl Resolve for Unresolved {
    fn resolve(&self, _: Name) -> Resolving {
        let error = Box::<dyn Error + Send + Sync>::from(self.0);
        Box::pin(async { Err(error) })
    }
}

async fn unresolved(words: &'static str) -> Failure {
    let client = client().dns_resolver(Unresolved(words)).build().unwrap();
    // The name of the host is the user's own word; it must not be taken for the cause.
    client
        .post("http://certificate.test/charges")
        .send()
        .await
        .unwrap_err()
        .failure()
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_not_sent() {
    assert_eq!(
        unresolved("failed to lookup address information").await,
        Failure::NotSent
    );
}

/// The texts of rustls, OpenSSL, Secure Transport and `SChannel`, here below a name that does not resolve.
#[tokio::test]
async fn a_refused_certificate_is_permanent() {
    for words in [
        "invalid peer certificate: UnknownIssuer",
        "received fatal alert: CertificateRequired",
        "error:0A000086:SSL routines:tls_post_process_server_certificate:certificate verify failed",
        "The certificate was not trusted.",
        "A certificate chain processed, but terminated in a root certificate which is not trusted",
    ] {
        assert_eq!(unresolved(words).await, Failure::Permanent, "{words}");
    }
}

async fn answer(status: u16, headers: &[&str]) -> Response {
    let server = FaultServer::start(Fault::status(status, headers))
        .await
        .unwrap();
    careful()
        .get(format!("http://{}/", server.address()))
        .send()
        .await
        .unwrap()
}

#[tokio::test]
async fn an_answer_fails_by_its_status_and_says_when_to_come_back() {
    let wait = Some(Duration::from_secs(7));
    let dated = "Retry-After: Wed, 21 Oct 2026 07:28:07 GMT";
    let date = "Date: Wed, 21 Oct 2026 07:28:00 GMT";
    let several = ["Retry-After: 2", "Retry-After: 7", "Retry-After: x"];
    for (status, headers, class) in [
        (200, &[][..], None),
        (200, &["Retry-After: 7"], None),
        (303, &["Location: /done"], None),
        (400, &[], Some(Failure::Permanent)),
        (404, &["Retry-After: 7"], Some(Failure::Permanent)),
        (408, &[], Some(Failure::Unknown)),
        (429, &[], Some(Failure::throttled(None))),
        (429, &["Retry-After: 7"], Some(Failure::throttled(wait))),
        (500, &["Retry-After: 7"], Some(Failure::Unknown)),
        (501, &[], Some(Failure::Permanent)),
        (502, &[], Some(Failure::Unknown)),
        (503, &[], Some(Failure::Unknown)),
        (503, &["Retry-After: 7"], Some(Failure::overloaded(wait))),
        (503, &["Retry-After: soon"], Some(Failure::Unknown)),
        (503, &[dated], Some(Failure::Unknown)),
        (503, &[date, dated], Some(Failure::overloaded(wait))),
        (503, &several, Some(Failure::overloaded(wait))),
        (504, &[], Some(Failure::Unknown)),
    ] {
        assert_eq!(
            response(&answer(status, headers).await),
            class,
            "{status} {headers:?}"
        );
    }
}

#[tokio::test]
async fn an_error_made_from_a_status_has_the_class_of_the_status_without_the_wait() {
    for (status, class) in [
        (404, Failure::Permanent),
        (429, Failure::throttled(None)),
        (500, Failure::Unknown),
        (503, Failure::Unknown),
    ] {
        let error = answer(status, &["Retry-After: 7"])
            .await
            .error_for_status()
            .unwrap_err();
        assert_eq!(error.failure(), class, "{error}");
    }
}

#[tokio::test]
async fn an_error_keeps_its_class_inside_other_errors() {
    let boxed: Box<dyn Error + Send + Sync> = refused().await.into();
    assert_eq!(boxed.failure(), Failure::NotSent);
    let boxed: Box<dyn Error> = std::io::Error::other(refused().await).into();
    assert_eq!(boxed.failure(), Failure::NotSent);
    let told = anyhow::Error::new(refused().await)
        .context("charging")
        .context("order 7");
    assert_eq!(told.failure(), Failure::NotSent);
    assert_eq!(Arc::new(refused().await).failure(), Failure::NotSent);
}

/// A limit of what an error of reqwest can tell, and the client that does not have it.
#[tokio::test]
async fn a_followed_redirect_hides_the_request_that_was_carried_out() {
    let elsewhere = format!("Location: http://{}/receipt", refusing().await.unwrap());
    let server = FaultServer::start(Fault::status(303, &[&elsewhere]))
        .await
        .unwrap();
    let url = format!("http://{}/charges", server.address());

    let error = client()
        .build()
        .unwrap()
        .post(&url)
        .send()
        .await
        .unwrap_err();
    assert_eq!(
        (error.failure(), server.seen()),
        (Failure::NotSent, 1),
        "the documented trap"
    );

    let answer = careful().post(&url).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), response(&answer)), (303, None));
}
