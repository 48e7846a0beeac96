//! `#[failover]`: two payment providers. The second is asked when the first certainly did nothing, and never when the
//! first may have charged.

use std::time::Duration;

use reqwest::Response;
use resilient_examples::demo::wire::Wire;
use resilient_examples::program::{begin, switch};
use resilient_examples::service::{Charge, Mode, Service};
use resilient_runtime::failure::response;
use resilient_runtime::{failover, non_idempotent, timeout};

/// Our way to both providers.
struct Payments {
    first: Wire,
    second: Wire,
}

impl Payments {
    /// The first provider gets 400 ms; `failed(response)` reads the status, and a `Retry-After`, off an answer that is `Ok`.
    #[non_idempotent]
    #[timeout("1s", attempt = "400ms", unknown(to_caller))]
    #[failover(Self::charge_at_second, failed(response))]
    async fn charge(&self, charge: Charge) -> anyhow::Result<Response> {
        post(&self.first, charge).await
    }

    /// The second provider says what it does, and may have policies of its own.
    #[non_idempotent]
    async fn charge_at_second(&self, charge: Charge) -> anyhow::Result<Response> {
        post(&self.second, charge).await
    }
}

async fn post(provider: &Wire, charge: Charge) -> anyhow::Result<Response> {
    Ok(provider.post("/charges").json(&charge).send().await?)
}

/// How often an order was charged, by the books of both.
fn charged(order: u64, providers: [&Service; 2]) -> [u32; 2] {
    providers.map(|provider| provider.books().times_charged(order))
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (one, first) = begin()?;
    let two = Service::start()?;
    let client = reqwest::Client::builder().no_proxy();
    let connect = Duration::from_millis(300);
    let second = Wire::new(client.connect_timeout(connect).build()?, two.url());
    let payments = Payments { first, second };
    let order = |order| Charge { order, cents: 500 };

    println!("both work: the second hears nothing");
    payments.charge(order(1)).await?;
    assert_eq!(charged(1, [&one, &two]), [1, 0]);

    println!("the first refuses connections: nothing was sent, so the second charges");
    switch(&one, Mode::Refusing).await;
    payments.charge(order(2)).await?;
    assert_eq!(charged(2, [&one, &two]), [0, 1]);

    println!(
        "the first sheds load with 503 and Retry-After: it says that it did nothing, so the second charges"
    );
    switch(&one, Mode::Shedding).await;
    payments.charge(order(3)).await?;
    assert_eq!(charged(3, [&one, &two]), [0, 1]);

    println!(
        "the first is slow, and its answer is lost: it may have charged, so nobody else is asked"
    );
    one.switch_to(Mode::Slow);
    let error = payments
        .charge(order(4))
        .await
        .expect_err("an attempt has 400 ms");
    println!("  {error}");
    one.settle().await;
    println!(
        "  by the books of both it was charged {:?} times",
        charged(4, [&one, &two])
    );
    assert_eq!(charged(4, [&one, &two]), [1, 0]);
    Ok(())
}
