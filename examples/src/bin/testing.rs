//! Testing one's own annotated functions: `cargo test -p resilient-examples --bin testing`.
//!
//! The program itself makes a few calls and prints the page a `/metrics` endpoint would answer.

use resilient_examples::demo::wire::Wire;
use resilient_examples::program::{begin, switch};
use resilient_examples::service::Mode;
use resilient_runtime::event::Counters;
use resilient_runtime::{Scope, breaker, registry, retry, timeout};

/// What the tests below are about.
#[retry(read_only, backoff(fixed, "200ms"), jitter(none))]
#[timeout(total = "3s", attempt = "500ms")]
#[breaker("ledger", failure_rate = "50%", min_calls = 4, window = "1m")]
async fn balance(ledger: &impl Ledger, user: &str) -> anyhow::Result<String> {
    ledger.balance(user).await
}

/// The port: over the wire in the program, a fake in the tests.
trait Ledger {
    async fn balance(&self, user: &str) -> anyhow::Result<String>;
}

impl Ledger for Wire {
    async fn balance(&self, user: &str) -> anyhow::Result<String> {
        let answer = self.get(&format!("/balance/{user}")).send().await?;
        Ok(answer.error_for_status()?.text().await?)
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (service, wire) = begin()?;
    let counters = Counters::new();
    let _counting = counters.count(&Scope::process());

    println!("two calls while the service is well");
    for _ in 0..2 {
        println!("  {}", balance(&wire, "ann").await?);
    }
    println!("one while it is gone");
    switch(&service, Mode::Refusing).await;
    let error = balance(&wire, "ann").await.expect_err("nobody listens");
    println!("  {error}");

    let page = counters.prometheus(&registry());
    println!("what `/metrics` would answer:\n{page}");
    assert!(page.contains("outcome=\"success\",error_type=\"\",retried=\"false\"} 2"));
    assert!(page.contains("outcome=\"failure\",error_type=\"not_sent\",retried=\"true\"} 1"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use resilient_runtime::breaker::Phase;
    use resilient_runtime::event::End;
    use resilient_runtime::rejected::Kind;
    use resilient_runtime::testing::{self, Recorder, drop_mid_flight, script};
    use resilient_runtime::{
        Classify, Failure, Rejected, idempotent, non_idempotent, on_unknown, read_only,
    };

    use super::*;

    /// Answers at once; everything else comes from scripts.
    struct Fake;

    impl Ledger for Fake {
        async fn balance(&self, user: &str) -> anyhow::Result<String> {
            Ok(format!("{user} has 7"))
        }
    }

    const PAUSE: Duration = Duration::from_millis(200);

    #[resilient_runtime::test]
    async fn a_balance_survives_a_hang_and_a_lost_connection() {
        let told = Recorder::start();
        let _script = script("balance").hang().fail(Failure::NotSent);
        assert_eq!(balance(&Fake, "ann").await.unwrap(), "ann has 7");
        told.assert_attempts("balance", 3);
        told.assert_delays("balance", &[PAUSE, PAUSE]);
        told.assert_rejected("balance", "timeout"); // the hang ran into the attempt's limit
        told.assert_calls("balance", &[End::Ok]);
    }

    #[resilient_runtime::test]
    async fn an_error_for_good_is_not_repeated() {
        let told = Recorder::start();
        let _script = script("balance").fail(Failure::Permanent);
        let error = balance(&Fake, "nobody").await.unwrap_err();
        assert_eq!(error.failure(), Failure::Permanent);
        told.assert_attempts("balance", 1);
    }

    #[resilient_runtime::test]
    async fn the_breaker_opens_on_a_dead_ledger_and_closes_when_it_is_back() {
        let script = script("balance").fail(Failure::NotSent).times(4);
        let told = Recorder::start();
        while balance(&Fake, "ann").await.is_err() && script.taken() < 4 {}
        assert_eq!(testing::breaker("ledger").phase, Phase::Open);
        assert!(balance(&Fake, "ann").await.is_err());
        told.assert_rejected("balance", "breaker");
        tokio::time::sleep(Duration::from_secs(30)).await;
        assert!(balance(&Fake, "ann").await.is_ok());
        assert_eq!(testing::breaker("ledger").phase, Phase::Closed);
    }

    /// What the ledger says of transfers whose answers were lost: it knows the first.
    #[read_only]
    async fn find(key: &str) -> Result<Option<u32>, Rejected> {
        Ok((key == "1").then_some(1))
    }

    #[idempotent]
    async fn void(_key: &str) -> Result<(), Rejected> {
        Ok(())
    }

    #[non_idempotent]
    #[on_unknown(key(number), confirm(find), cancel(void, fences), settles = "30s")]
    #[timeout(total = "20s", attempt = "5s")]
    async fn transfer(number: u32) -> Result<u32, Rejected> {
        Ok(number)
    }

    #[resilient_runtime::test]
    async fn a_transfer_whose_answer_is_lost_is_found_or_cancelled() {
        let _script = script("transfer").fail(Failure::Unknown).hang();
        assert_eq!(transfer(1).await, Ok(1)); // not sent again: `find` knew it
        let error = transfer(2).await.unwrap_err();
        assert_eq!((error.kind(), error.key()), (Kind::Cancelled, Some("2")));
    }

    #[resilient_runtime::test]
    async fn a_transfer_whose_caller_is_gone_stays_in_the_journal() {
        let _script = script("transfer").hang();
        drop_mid_flight(transfer(3)).await;
        assert_eq!(Scope::current().journal().counts().unresolved, 1);
    }

    #[resilient_runtime::test]
    async fn a_caller_that_goes_away_leaves_nothing_behind() {
        let told = Recorder::start();
        let _script = script("balance").hang();
        drop_mid_flight(balance(&Fake, "ann")).await;
        told.assert_calls("balance", &[End::Dropped]);
        assert!(balance(&Fake, "ann").await.is_ok());
    }
}
