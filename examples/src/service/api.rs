//! The service's requests: in, HTTP requests; out, JSON answers. Malformed ones get 400, zero amounts 422, unknown paths 404.

use std::sync::Arc;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode};
use serde::{Deserialize, Serialize};
use tokio::sync::{Semaphore, watch};
use tokio::time::sleep;

use super::{Books, Mode, RETRY_AFTER_SECONDS, WORKERS};

const LONGEST_BODY: usize = 16 * 1_024;

/// Body of `POST /charges`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Charge {
    /// What the money is for. The service counts by it, and does not deduplicate by it.
    pub order: u64,
    /// Zero is refused with 422.
    pub cents: u64,
}

/// Body of `POST /refunds`, which also wants an `Idempotency-Key`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Refund {
    /// What is refunded.
    pub order: u64,
    /// Zero is refused with 422.
    pub cents: u64,
}

/// Answer to a charge or a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The order asked about.
    pub order: u64,
    /// The money that moved.
    pub cents: u64,
}

/// Answer to `GET /balance/{user}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// Whose it is.
    pub user: String,
    /// What is left.
    pub cents: u64,
}

enum Work {
    Balance(String),
    Charge(Charge),
    Refund { key: String, refund: Refund },
}

pub(super) type Answer = Response<Full<Bytes>>;

/// The workers and the one queue in front of them.
pub(super) struct Api {
    books: Arc<Books>,
    mode: watch::Receiver<Mode>,
    workers: Semaphore,
}

impl Api {
    pub(super) fn new(books: Arc<Books>, mode: watch::Receiver<Mode>) -> Self {
        Self {
            books,
            mode,
            workers: Semaphore::new(WORKERS),
        }
    }

    /// Answers one request. A client that hangs up drops this future, never the work: it runs in its own task.
    pub(super) async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Answer {
        let (head, body) = request.into_parts();
        let Ok(body) = Limited::new(body, LONGEST_BODY).collect().await else {
            return plain(
                StatusCode::BAD_REQUEST,
                "the body ended early or is too long",
            );
        };
        self.books.reached();
        if *self.mode.borrow() == Mode::Shedding {
            return shed();
        }
        let work = match understand(&head, &body.to_bytes()) {
            Ok(work) => work,
            Err((status, why)) => return plain(status, why),
        };
        self.books.enqueue();
        let worked = tokio::spawn(self.work(work)).await;
        worked.unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR, "the worker died"))
    }

    async fn work(self: Arc<Self>, work: Work) -> Answer {
        let worker = self
            .workers
            .acquire()
            .await
            .expect("the semaphore is never closed");
        let pace = self.mode.borrow().service_time();
        sleep(pace).await;
        let answer = self.carry_out(work);
        drop(worker);
        self.books.dequeue();
        answer
    }

    fn carry_out(&self, work: Work) -> Answer {
        match work {
            Work::Charge(Charge { cents: 0, .. })
            | Work::Refund {
                refund: Refund { cents: 0, .. },
                ..
            } => plain(
                StatusCode::UNPROCESSABLE_ENTITY,
                "the amount must not be zero",
            ),
            Work::Balance(user) => json(&Balance {
                user,
                cents: 100_000,
            }),
            Work::Charge(Charge { order, cents }) => {
                self.books.charge(order, cents);
                json(&Receipt { order, cents })
            }
            Work::Refund {
                key,
                refund: Refund { order, cents },
            } => {
                let cents = self.books.refund(key, cents);
                json(&Receipt { order, cents })
            }
        }
    }
}

fn understand(head: &Parts, body: &[u8]) -> Result<Work, (StatusCode, &'static str)> {
    let malformed = |_| {
        (
            StatusCode::BAD_REQUEST,
            "the body is not what this path takes",
        )
    };
    match (&head.method, head.uri.path()) {
        (&Method::GET, path) if path.starts_with("/balance/") => {
            Ok(Work::Balance(path["/balance/".len()..].to_owned()))
        }
        (&Method::POST, "/charges") => serde_json::from_slice(body)
            .map(Work::Charge)
            .map_err(malformed),
        (&Method::POST, "/refunds") => {
            let key = head
                .headers
                .get("idempotency-key")
                .and_then(|key| key.to_str().ok());
            let key = key.ok_or((StatusCode::BAD_REQUEST, "no Idempotency-Key"))?;
            let refund = serde_json::from_slice(body).map_err(malformed)?;
            Ok(Work::Refund {
                key: key.to_owned(),
                refund,
            })
        }
        _ => Err((StatusCode::NOT_FOUND, "no such path")),
    }
}

fn shed() -> Answer {
    let mut answer = plain(
        StatusCode::SERVICE_UNAVAILABLE,
        "working off a queue, come back later",
    );
    answer
        .headers_mut()
        .insert(RETRY_AFTER, RETRY_AFTER_SECONDS.into());
    answer
}

fn json(value: &impl Serialize) -> Answer {
    let text = serde_json::to_vec(value).expect("plain structs of strings and numbers are JSON");
    respond(StatusCode::OK, "application/json", text)
}

fn plain(status: StatusCode, text: &'static str) -> Answer {
    respond(status, "text/plain", text)
}

fn respond(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = status;
    answer
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}
