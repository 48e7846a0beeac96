//! `retry(idempotency_key(..))`: the service deduplicates by a key, so a write may be repeated after a lost answer.

use std::time::Duration;

use reqwest::RequestBuilder;
use resilient_examples::demo::wire::Wire;
use resilient_examples::program::{begin, recover};
use resilient_examples::service::{Mode, Refund};
use resilient_runtime::{idempotency_key, retry, timeout};

/// The key is the order: whoever asks for this refund again, now or tomorrow, asks for the same one.
#[retry(idempotency_key(refund.order))]
#[timeout(total = "3s", attempt = "300ms")]
async fn refund(service: &Wire, refund: Refund) -> anyhow::Result<String> {
    let answer = keyed(service, refund).send().await?;
    Ok(answer.error_for_status()?.text().await?)
}

/// The key is made for this call: it protects all attempts of the call, and nothing beyond it.
#[retry(idempotency_key)]
#[timeout(total = "3s", attempt = "300ms", unknown(to_caller))]
async fn voucher(service: &Wire, refund: Refund) -> anyhow::Result<String> {
    let answer = keyed(service, refund).send().await?;
    Ok(answer.error_for_status()?.text().await?)
}

fn keyed(service: &Wire, refund: Refund) -> RequestBuilder {
    let key = idempotency_key().expect("the retry around the caller's body has one");
    println!("  POST /refunds, Idempotency-Key: {key}");
    service
        .post("/refunds")
        .header("Idempotency-Key", key.as_str())
        .json(&refund)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (service, wire) = begin()?;

    println!("the service takes a second, so the answer is lost: the repetition finds the refund");
    service.switch_to(Mode::Slow);
    let (order, cents) = (4711, 900);
    let back = recover(&service, Duration::from_millis(250));
    let (answer, ()) = tokio::join!(refund(&wire, Refund { order, cents }), back);
    println!("  {}", answer?);
    service.settle().await;
    let totals = service.books().totals();
    println!("  by the service's books: {totals:?}");
    assert!(totals.reached >= 2 && totals.refunds == 1);

    println!("without an argument every call has its own key: called twice, refunded twice");
    service.switch_to(Mode::Healthy);
    for _ in 0..2 {
        println!("  {}", voucher(&wire, Refund { order, cents }).await?);
    }
    assert_eq!(service.books().totals().refunds, 3);
    Ok(())
}
