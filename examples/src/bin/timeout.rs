//! `#[timeout]`: bounds a whole call, nested calls inherit what is left, and an answer that is lost is *unknown*.

use std::time::Duration;

use resilient_examples::demo::wire::Wire;
use resilient_examples::program::begin;
use resilient_examples::service::{Charge, Mode};
use resilient_runtime::{Classify, Failure, non_idempotent, read_only, timeout};
use tokio::time::Instant;

#[read_only]
#[timeout("400ms")]
async fn balance(service: &Wire) -> anyhow::Result<String> {
    let answer = service.get("/balance/ann").send().await?;
    Ok(answer.error_for_status()?.text().await?)
}

/// Whatever `balance` allows itself, here it gets no more than is left of 150 ms.
#[read_only]
#[timeout("150ms")]
async fn page(service: &Wire) -> anyhow::Result<String> {
    Ok(format!("Your balance: {}", balance(service).await?))
}

/// Does not compile without a plan for the unknown outcome: here it is handed to the caller.
#[non_idempotent]
#[timeout("200ms", unknown(to_caller))]
async fn charge(service: &Wire, charge: Charge) -> anyhow::Result<String> {
    let answer = service.post("/charges").json(&charge).send().await?;
    Ok(answer.error_for_status()?.text().await?)
}

/// Awaits a call of a service that takes a second: it has to fail when its time is up, and as `Unknown`.
async fn fails_after(limit: u64, call: impl Future<Output = anyhow::Result<String>>) {
    let began = Instant::now();
    let error = call.await.expect_err("the service takes a second");
    let took = began.elapsed();
    println!("  after {took:?}: {error}");
    assert_eq!(error.failure(), Failure::Unknown);
    assert!(took >= Duration::from_millis(limit) && took < Mode::Slow.service_time());
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (service, wire) = begin()?;
    println!("a healthy service: {}", balance(&wire).await?);

    println!("now every request takes it a second");
    service.switch_to(Mode::Slow);
    fails_after(400, balance(&wire)).await;
    fails_after(150, page(&wire)).await;
    let order = Charge {
        order: 7,
        cents: 500,
    };
    fails_after(200, charge(&wire, order)).await;

    service.settle().await;
    let times = service.books().times_charged(7);
    println!("  by the service's books: charged {times} time. \"Timed out\" is not \"failed\"");
    assert_eq!(times, 1);
    Ok(())
}
