//! `#[derive(Classify)]`, `classify(path)`, `failed(path)`: one answer per function to "what does this failure mean?"

use std::time::Duration;

use reqwest::{Response, StatusCode};
use resilient_examples::demo::wire::Wire;
use resilient_examples::program::{begin, recover};
use resilient_examples::service::{Charge, Mode};
use resilient_runtime::{Classify, Failure, failure, retry};
use tokio::time::Instant;

/// An error type of one's own: every variant says what it means.
#[derive(Debug, thiserror::Error, Classify)]
enum PayError {
    #[error("the amount makes no sense")]
    #[failure(permanent)]
    Invalid,
    #[error(transparent)]
    #[failure(from)]
    Http(#[from] reqwest::Error),
}

/// 422 is `Permanent`: it would be as invalid the second time.
#[retry(not_sent)]
async fn charge(service: &Wire, charge: Charge) -> Result<String, PayError> {
    let answer = service.post("/charges").json(&charge).send().await?;
    if answer.status() == StatusCode::UNPROCESSABLE_ENTITY {
        return Err(PayError::Invalid);
    }
    Ok(answer.error_for_status()?.text().await?)
}

/// A 503 is an `Ok(Response)`: `failed` looks into it, and finds the wait that the service asks for.
#[retry(read_only, failed(failure::response))]
async fn balance(service: &Wire) -> reqwest::Result<Response> {
    service.get("/balance/ann").send().await
}

/// For this service "not found" means "not yet": a function says so, for this call alone.
#[retry(read_only, backoff("10ms"), classify(not_yet))]
async fn receipt(service: &Wire) -> reqwest::Result<String> {
    let answer = service.get("/receipts/1").send().await?;
    answer.error_for_status()?.text().await
}

fn not_yet(error: &reqwest::Error) -> Failure {
    match error.status() {
        Some(StatusCode::NOT_FOUND) => Failure::transient(None),
        _ => error.failure(),
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (service, wire) = begin()?;

    println!("a mistake is not repeated");
    let nothing = Charge { order: 1, cents: 0 };
    let error = charge(&wire, nothing).await.expect_err("nothing to charge");
    println!("  {error}: {}", error.failure());
    assert_eq!(wire.attempts().len(), 1);

    println!("a 503 that asks to come back in a second is repeated in a second");
    service.switch_to(Mode::Shedding);
    let began = Instant::now();
    let back = recover(&service, Duration::from_millis(500));
    let (answer, ()) = tokio::join!(balance(&wire), back);
    let (status, took) = (answer?.status(), began.elapsed());
    println!("  {status} after {took:?}");
    assert!(status.is_success() && took >= Duration::from_secs(1));

    println!("a 404, usually permanent, is repeated where it means \"not yet\"");
    let before = wire.attempts().len();
    let error = receipt(&wire).await.expect_err("there is no such path");
    println!("  {error}: {}", not_yet(&error));
    assert_eq!(wire.attempts().len() - before, 3);
    Ok(())
}
