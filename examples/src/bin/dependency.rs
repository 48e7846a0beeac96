//! `#[dependency]`: two functions that call one service find out together that it is down.

use std::sync::{Arc, Mutex, PoisonError};

use resilient_examples::demo::wire::Wire;
use resilient_examples::program::{begin, switch};
use resilient_examples::service::{Mode, Refund};
use resilient_runtime::rejected::Kind;
use resilient_runtime::{
    Rejected, Scope, breaker, dependency, idempotent, read_only, registry, timeout,
};

struct Payments(Wire);

/// One name for all methods; each says what it does, and how long it may take.
#[dependency("payments")]
impl Payments {
    #[read_only]
    #[timeout("300ms")]
    #[breaker(consecutive = 3)]
    async fn balance(&self) -> anyhow::Result<String> {
        let answer = self.0.get("/balance/ann").send().await?;
        Ok(answer.error_for_status()?.text().await?)
    }

    #[idempotent]
    #[timeout("300ms")]
    #[breaker(consecutive = 3)]
    async fn refund(&self, refund: Refund) -> anyhow::Result<String> {
        let request = self.0.post("/refunds");
        let request = request.header("Idempotency-Key", refund.order);
        let answer = request.json(&refund).send().await?;
        Ok(answer.error_for_status()?.text().await?)
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (service, wire) = begin()?;
    let payments = Payments(wire);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&heard);
    Scope::current().observe(move |event| {
        let mut heard = into.lock().unwrap_or_else(PoisonError::into_inner);
        heard.extend(event.dependency().map(|service| service.to_string()));
    });

    println!("the service hangs: three balances time out");
    switch(&service, Mode::Slow).await;
    for _ in 0..3 {
        if let Err(error) = payments.balance().await {
            println!("  {error}");
        }
    }

    println!("a refund does not try: it is the same service");
    let before = payments.0.attempts().len();
    let refund = Refund {
        order: 17,
        cents: 100,
    };
    let error = payments
        .refund(refund)
        .await
        .expect_err("the breaker is open");
    println!("  {error}");
    let kind = error.downcast_ref().map(Rejected::kind);
    assert!(matches!(kind, Some(Kind::BreakerOpen { .. })), "{error}");
    assert_eq!(payments.0.attempts().len(), before);

    println!("one breaker, written down in two places");
    for listing in registry().snapshot().listings {
        println!(
            "  {} {}: {} places",
            listing.policy,
            listing.name,
            listing.written_at.len()
        );
        assert_eq!(listing.name.to_string(), "dependency/payments");
        assert_eq!(listing.written_at.len(), 2);
    }
    let heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(!heard.is_empty() && heard.iter().all(|name| name == "dependency/payments"));
    Ok(())
}
