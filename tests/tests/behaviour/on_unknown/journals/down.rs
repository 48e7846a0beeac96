//! A journal that cannot be written, in time or at all: what that means for the call, and that it is not held against the service.

use std::sync::atomic::Ordering;
use std::time::Duration;

use resilient_runtime::Classify;
use resilient_runtime::on_unknown::{Intent, Journal};
use resilient_runtime::rejected::Kind;
use resilient_tests::bank::Does;
use tokio::time::{Instant, sleep};

use super::super::client::{LATE, secs};
use super::Shop;

#[resilient_runtime::test]
async fn what_cannot_be_remembered_is_not_sent() {
    let shop = Shop::new(Does::After(secs(1)), secs(0));
    shop.journal.down.store(true, Ordering::Relaxed);
    let error = shop.charge("17").await.unwrap_err();
    assert_eq!(error.rejected().kind(), Kind::JournalFailed);
    let why = std::error::Error::source(error.rejected()).map(ToString::to_string);
    assert_eq!(why.as_deref(), Some("the journal could not be written"));
    assert!(error.failure().is_not_sent());
    assert_eq!(shop.bank.arrived(), 0);
    shop.journal.down.store(false, Ordering::Relaxed);
    assert_eq!(
        shop.charge("17").await,
        Ok(1),
        "the breaker did not count it"
    );
}

#[resilient_runtime::test]
async fn best_effort_sends_what_cannot_be_remembered_and_asks_all_the_same() {
    let shop = Shop::new(LATE, secs(0));
    shop.journal.down.store(true, Ordering::Relaxed);
    assert_eq!(shop.in_any_case("17").await, Ok(1));
    assert_eq!((shop.bank.charged("17"), shop.bank.arrived()), (1, 1));
}

#[resilient_runtime::test]
async fn a_full_journal_refuses_and_forgets_nothing() {
    let shop = Shop::new(Does::Loses, secs(0));
    for key in ["1", "2"] {
        drop(shop.journal.begin(Intent::new("another", key)).await);
    }
    let error = shop.charge("17").await.unwrap_err();
    assert_eq!(
        (error.rejected().kind(), shop.bank.arrived()),
        (Kind::JournalFull, 0)
    );
    assert_eq!(shop.journal.kept.records().len(), 2);
}

#[resilient_runtime::test]
async fn the_intent_is_written_before_anything_is_sent_and_within_the_attempts_time() {
    let shop = Shop::new(Does::After(secs(1)), secs(3));
    let started = Instant::now();
    assert_eq!(shop.charge("17").await, Ok(1));
    assert_eq!(
        started.elapsed(),
        secs(7),
        "3 s to write, 1 s to pay, 3 s to close"
    );
    assert_eq!(shop.journal.writes.load(Ordering::Relaxed), 2);
    let shop = Shop::new(Does::After(secs(1)), secs(6));
    let error = shop.charge("17").await.unwrap_err();
    assert_eq!(
        (shop.bank.arrived(), error.failure().is_not_sent()),
        (0, true),
        "{error:?}"
    );
}

/// The breaker opens at the first lost answer: a journal that takes too long is none of the bank's.
#[resilient_runtime::test]
async fn a_journal_that_takes_too_long_is_no_failure_of_the_service() {
    let shop = Shop::new(Does::After(secs(1)), secs(6));
    for _ in 0..3 {
        let error = shop.charge("17").await.unwrap_err();
        assert!(matches!(
            error.rejected().kind(),
            Kind::AttemptTimeout { .. }
        ));
        assert!(error.failure().is_not_sent());
    }
    assert_eq!(shop.bank.arrived(), 0);
    // With one that is quick the same limit is the bank's, and the breaker hears of it.
    let shop = Shop::new(Does::Loses, secs(0));
    let moment = Duration::from_millis(5_500);
    let lost = tokio::time::timeout(moment, shop.charge("17")).await;
    assert!(lost.is_err(), "it asks");
    let error = shop.charge("18").await.unwrap_err();
    assert!(matches!(error.rejected().kind(), Kind::BreakerOpen { .. }));
}

#[resilient_runtime::test]
async fn a_journal_that_is_gone_when_the_answer_comes_does_not_take_it_away() {
    let shop = Shop::new(Does::After(secs(1)), secs(0));
    let call = shop.charge("17");
    let cut = async {
        sleep(Duration::from_millis(500)).await;
        shop.journal.down.store(true, Ordering::Relaxed);
    };
    let (answer, ()) = tokio::join!(call, cut);
    assert_eq!(answer, Ok(1));
    assert_eq!(
        shop.journal.kept.counts().unresolved,
        1,
        "somebody will find that it succeeded"
    );
}

#[resilient_runtime::test]
async fn a_refusal_writes_nothing() {
    let shop = Shop::new(Does::AnswerLost, secs(0));
    assert_eq!(shop.charge("1").await, Ok(1));
    let writes = shop.journal.writes.load(Ordering::Relaxed);
    let error = shop.charge("2").await.unwrap_err();
    assert!(matches!(error.rejected().kind(), Kind::BreakerOpen { .. }));
    assert_eq!(shop.journal.writes.load(Ordering::Relaxed), writes);
}
