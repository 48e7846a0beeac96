//! `#[read_only]`, `#[idempotent]`, `#[non_idempotent]`: what happens if the service does this twice?
//!
//! They stand on a port, a trait, so that every provider behind it is held to them. Were `checkout` to await
//! `charge` itself, it would not compile: "this call is not `Idempotent`, but the function around it says that it is".

use resilient_examples::demo::wire::Wire;
use resilient_examples::program::begin;
use resilient_examples::service::{Charge, Mode, Refund};
use resilient_runtime::{idempotent, non_idempotent, read_only, retry, timeout};

trait Payments {
    #[read_only]
    async fn balance(&self) -> reqwest::Result<String>;
    #[idempotent]
    async fn refund(&self, refund: Refund) -> reqwest::Result<String>;
    #[non_idempotent]
    async fn charge(&self, charge: Charge) -> reqwest::Result<String>;
}

impl Payments for Wire {
    #[read_only]
    async fn balance(&self) -> reqwest::Result<String> {
        self.get("/balance/ann").send().await?.text().await
    }

    #[idempotent]
    async fn refund(&self, refund: Refund) -> reqwest::Result<String> {
        let request = self
            .post("/refunds")
            .header("Idempotency-Key", refund.order);
        request.json(&refund).send().await?.text().await
    }

    #[non_idempotent]
    async fn charge(&self, charge: Charge) -> reqwest::Result<String> {
        let request = self.post("/charges").json(&charge);
        request.send().await?.text().await
    }
}

/// Repeats what it may: a lost answer is asked for again.
#[retry(idempotent)]
#[timeout(total = "3s", attempt = "400ms")]
async fn cancel(payments: &impl Payments, refund: Refund) -> anyhow::Result<String> {
    Ok(payments.refund(refund).await?)
}

/// Says the same, which is a lie that the compiler cannot see: `hidden` declares nothing.
#[retry(idempotent)]
#[timeout(total = "3s", attempt = "400ms")]
async fn checkout(payments: &impl Payments, charge: Charge) -> anyhow::Result<String> {
    hidden(payments, charge).await
}

async fn hidden(payments: &impl Payments, charge: Charge) -> anyhow::Result<String> {
    Ok(payments.charge(charge).await?)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (service, wire) = begin()?;
    println!("a read: {}", wire.balance().await?);

    println!("the service takes a second: the refund is repeated, the hidden charge is not");
    service.switch_to(Mode::Slow);
    let (order, cents) = (1, 500);
    let (refunded, charged) = tokio::join!(
        cancel(&wire, Refund { order, cents }),
        checkout(&wire, Charge { order, cents }),
    );
    println!("  refund: {}", refunded.expect_err("the service is slow"));
    println!("  charge: {}", charged.expect_err("the service is slow"));
    assert_eq!(wire.attempts().len(), 1 + 3 + 1, "the guard is off");

    service.settle().await;
    let times = service.books().times_charged(order);
    assert_eq!((service.books().totals().refunds, times), (1, 1));
    Ok(())
}
