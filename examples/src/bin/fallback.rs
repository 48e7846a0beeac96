//! `#[fallback]`: the last balance we saw, while the service does not answer.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use resilient_examples::demo::wire::Wire;
use resilient_examples::program::{begin, switch};
use resilient_examples::service::Mode;
use resilient_runtime::{fallback, retry, timeout};

/// A client that remembers what it was told.
struct Balances {
    service: Wire,
    seen: Mutex<HashMap<String, String>>,
}

impl Balances {
    #[retry(read_only, attempts = 2, jitter(none))]
    #[timeout(total = "1s", attempt = "300ms")]
    #[fallback(Self::last_seen)]
    async fn balance(&self, user: &str) -> anyhow::Result<String> {
        let answer = self.service.get(&format!("/balance/{user}")).send().await?;
        let balance = answer.error_for_status()?.text().await?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.insert(user.to_owned(), balance.clone());
        Ok(balance)
    }

    /// The same arguments and the same answer; a plain `fn` will do, for nothing is awaited.
    fn last_seen(&self, user: &str) -> anyhow::Result<String> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(user).cloned().context("never seen")
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (service, wire) = begin()?;
    let seen = Mutex::default();
    let balances = Balances {
        service: wire,
        seen,
    };

    println!("the service answers, and its answer is remembered");
    let ann = balances.balance("ann").await?;
    println!("  ann: {ann}");

    println!("the service is gone: the last balance seen is the answer");
    switch(&service, Mode::Refusing).await;
    assert_eq!(balances.balance("ann").await?, ann);

    println!("the service hangs: the same, when the time is up");
    switch(&service, Mode::Slow).await;
    assert_eq!(balances.balance("ann").await?, ann);

    println!(
        "nothing is remembered: the caller hears why the service did not answer, not that the fallback failed"
    );
    switch(&service, Mode::Refusing).await;
    let error = balances
        .balance("bob")
        .await
        .expect_err("bob was never seen");
    println!("  bob: {error:#}");
    assert!(!format!("{error:#}").contains("never seen"));
    Ok(())
}
