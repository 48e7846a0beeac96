//! `#[retry]`: what is repeated depends on the call and on what is known about the attempt that failed.

use std::time::Duration;

use resilient_examples::demo::wire::Wire;
use resilient_examples::program::{begin, recover, switch};
use resilient_examples::service::{Charge, Mode};
use resilient_runtime::{retry, timeout};

/// A read: repeated whatever happened to the attempt before. Without jitter, so that every run looks alike.
#[retry(read_only, attempts = 4, jitter(none))]
#[timeout(total = "3s", attempt = "300ms")]
async fn balance(service: &Wire) -> anyhow::Result<String> {
    let answer = service.get("/balance/ann").send().await?;
    Ok(answer.error_for_status()?.text().await?)
}

/// A write: repeated only if the attempt before was certainly not sent.
#[retry(not_sent, attempts = 4, jitter(none))]
#[timeout(total = "3s", attempt = "300ms", unknown(to_caller))]
async fn charge(service: &Wire, charge: Charge) -> anyhow::Result<String> {
    let answer = service.post("/charges").json(&charge).send().await?;
    Ok(answer.error_for_status()?.text().await?)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (service, wire) = begin()?;
    let order = |order| Charge { order, cents: 500 };

    println!("the service restarts, connections are refused: both calls are repeated");
    switch(&service, Mode::Refusing).await;
    let back = recover(&service, Duration::from_millis(150));
    let (read, charged, ()) = tokio::join!(balance(&wire), charge(&wire, order(1)), back);
    println!("  read: {}\n  charged: {}", read?, charged?);
    assert_eq!(service.books().times_charged(1), 1);
    assert!(wire.attempts().len() >= 4, "each was tried at least twice");

    println!("the service is slow: only the read is repeated, for the charge may be carried out");
    service.switch_to(Mode::Slow);
    let back = recover(&service, Duration::from_millis(250));
    let (read, charged, ()) = tokio::join!(balance(&wire), charge(&wire, order(2)), back);
    let error = charged.expect_err("the service takes longer than an attempt may");
    println!("  read: {}\n  charged: {error}", read?);

    service.settle().await;
    let times = service.books().times_charged(2);
    println!("  by the service's books: charged {times} time, although the answer was lost");
    assert_eq!(times, 1);
    Ok(())
}
