//! A deadline handed through three services: each says to the next how much time is left, in a `grpc-timeout` header,
//! and each stops working when nobody waits for it any more.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use reqwest::Client;
use resilient_runtime::deadline::GRPC_TIMEOUT;
use resilient_runtime::{Deadline, read_only, remaining, timeout, with_deadline};
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};

/// One of the three: how long it works itself, and whom it asks.
struct Service {
    name: &'static str,
    work: Duration,
    next: Option<String>,
    http: Client,
}

impl Service {
    /// Whatever it allows itself: what the caller has left is the limit.
    #[read_only]
    #[timeout("10s")]
    async fn answer(&self) -> anyhow::Result<String> {
        let left = remaining().expect("the timeout sets a limit");
        println!("  {:<6} has {left:?} left", self.name);
        sleep(self.work).await;
        let Some(next) = &self.next else {
            return Ok(self.name.to_owned());
        };
        let deadline = Deadline::current().expect("the timeout sets a limit");
        let request = self
            .http
            .get(next)
            .header(GRPC_TIMEOUT, deadline.grpc_timeout());
        let answer = request.send().await?.error_for_status()?.text().await?;
        Ok(format!("{} > {answer}", self.name))
    }

    /// The receiving side: the header becomes the deadline of everything that is called in here.
    async fn handle(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let header = request.headers().get(GRPC_TIMEOUT);
        let deadline =
            match header.map(|value| Deadline::from_grpc_timeout(value.to_str().unwrap_or(""))) {
                None => None,
                Some(Ok(deadline)) => Some(deadline),
                Some(Err(why)) => return plain(StatusCode::BAD_REQUEST, format!("{why}")),
            };
        match with_deadline(deadline, self.answer()).await {
            Ok(Ok(answer)) => plain(StatusCode::OK, answer),
            Ok(Err(error)) => plain(StatusCode::BAD_GATEWAY, format!("{error:#}")),
            Err(late) => {
                println!("  {:<6} stops: {late}", self.name);
                plain(StatusCode::GATEWAY_TIMEOUT, late.to_string())
            }
        }
    }

    /// Listens on a free port of 127.0.0.1 until the program ends; gives its address.
    async fn start(self) -> std::io::Result<String> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let service = Arc::new(self);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let service = Arc::clone(&service);
                let answer = service_fn(move |request| {
                    let service = Arc::clone(&service);
                    async move { Ok::<_, Infallible>(service.handle(request).await) }
                });
                let connection =
                    http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
                tokio::spawn(connection);
            }
        });
        Ok(address)
    }
}

fn plain(status: StatusCode, text: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = status;
    response
}

/// Three services in a row, of which the last takes this long.
async fn chain(last: Duration) -> anyhow::Result<String> {
    let http = Client::builder().no_proxy().build()?;
    let mut next = None;
    for (name, work) in [
        ("prices", last),
        ("quotes", Duration::from_millis(60)),
        ("orders", Duration::from_millis(60)),
    ] {
        let service = Service {
            name,
            work,
            next,
            http: http.clone(),
        };
        next = Some(service.start().await?);
    }
    Ok(next.expect("three were started"))
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let http = Client::builder().no_proxy().build()?;
    let ask = |url: String, left: &'static str| http.get(url).header(GRPC_TIMEOUT, left).send();

    println!("a second for three services that need a tenth of it");
    let answer = ask(chain(Duration::from_millis(10)).await?, "1S").await?;
    let answer = answer.error_for_status()?.text().await?;
    println!("  answer: {answer}");
    assert_eq!(answer, "orders > quotes > prices");

    println!("the last one takes ten seconds, and the caller has 400 ms");
    let began = Instant::now();
    let late = ask(chain(Duration::from_secs(10)).await?, "400m").await?;
    let took = began.elapsed();
    println!("  answer: {} after {took:?}", late.status());
    assert_eq!(late.status(), StatusCode::GATEWAY_TIMEOUT.as_u16());
    assert!(took >= Duration::from_millis(390) && took < Duration::from_secs(5));

    println!("a header that is no deadline");
    let bad = ask(chain(Duration::ZERO).await?, "5 minutes").await?;
    let status = bad.status();
    println!("  answer: {status}: {}", bad.text().await?);
    assert_eq!(status, StatusCode::BAD_REQUEST.as_u16());
    Ok(())
}
