//! Scripts of the test kit stand where the body stands: behind the intent, in front of the questions.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::FutureExt;
use resilient_runtime::rejected::Kind;
use resilient_runtime::testing::{Recorder, drop_mid_flight, script};
use resilient_runtime::{Classify, Failure, Scope};
use resilient_tests::bank::{Bank, BankError, Does};
use tokio::time::Instant;

use super::client::{Client, open, reconciled, secs};

fn client() -> (Arc<Bank>, Client) {
    let bank = Bank::new([Does::AnswerLost], true);
    (Arc::clone(&bank), Client(bank))
}

/// The bank has it already: what a fake behind the function would have to do.
async fn carried_out(bank: &Arc<Bank>, order: &str) {
    assert!(bank.post(order).await.is_err(), "the answer is lost");
}

#[resilient_runtime::test]
async fn a_scripted_lost_answer_is_confirmed() {
    let (bank, client) = client();
    carried_out(&bank, "17").await;
    let kit = script("client::confirmed").fail(Failure::Unknown);
    assert_eq!(client.confirmed("17").await, Ok(1));
    assert_eq!(
        (bank.arrived(), bank.asked().len()),
        (1, 1),
        "asked, and not sent"
    );
    let counts = Scope::current().journal().counts();
    assert_eq!((kit.taken(), counts.succeeded, open()), (1, 1, 0));
}

#[resilient_runtime::test]
async fn a_scripted_hang_is_cut_off_and_then_not_found() {
    let (bank, client) = client();
    let _kit = script("client::confirmed").hang().times(3);
    let started = Instant::now();
    let error = client.confirmed("17").await.unwrap_err();
    assert_eq!(error.rejected().kind(), Kind::NotCarriedOut);
    assert!(
        started.elapsed() >= secs(45),
        "three times 5 s, and 10 s to settle"
    );
    assert_eq!((bank.arrived(), open()), (0, 0));
}

#[resilient_runtime::test]
async fn a_scripted_lost_answer_is_cancelled() {
    let (bank, client) = client();
    bank.deaf.store(false, Ordering::Relaxed);
    let _kit = script("client::fenced").fail_after(secs(2), Failure::Unknown);
    let error = client.fenced("17").await.unwrap_err();
    assert_eq!(error.rejected().kind(), Kind::Cancelled);
    let asked = bank.asked();
    assert!(asked.iter().any(|(what, _)| *what == "cancel"), "{asked:?}");
}

#[resilient_runtime::test]
async fn a_scripted_timeout_is_as_unknown_as_a_real_one() {
    let (bank, client) = client();
    carried_out(&bank, "17").await;
    let _kit = script("client::confirmed").reject(Kind::AttemptTimeout { limit: secs(5) });
    assert_eq!(client.confirmed("17").await, Ok(1));
    assert_eq!(bank.asked().len(), 1);
}

#[resilient_runtime::test]
async fn a_scripted_answer_with_no_closes_the_record() {
    let (bank, client) = client();
    for failure in [Failure::Permanent, Failure::transient(None)] {
        let _kit = script("client::confirmed").fail(failure);
        let error = client.confirmed("17").await.unwrap_err();
        assert_eq!(error.failure(), failure);
        assert_eq!((bank.asked().len(), open()), (0, 0));
    }
    let counts = Scope::current().journal().counts();
    assert_eq!(counts.not_carried_out, 2);
}

#[resilient_runtime::test]
async fn a_scripted_failure_to_connect_is_repeated_under_a_second_intent() {
    let (bank, client) = client();
    let told = Recorder::start();
    let _kit = script("client::confirmed")
        .fail(Failure::NotSent)
        .fail(Failure::Permanent);
    assert!(client.confirmed("17").await.is_err());
    told.assert_attempts("client::confirmed", 2);
    let counts = Scope::current().journal().counts();
    assert_eq!((counts.not_carried_out, bank.asked().len()), (2, 0));
}

#[resilient_runtime::test]
async fn a_call_that_is_dropped_in_the_middle_by_a_script_leaves_its_record() {
    let (bank, client) = client();
    let _kit = script("client::confirmed").hang();
    drop_mid_flight(client.confirmed("17")).await;
    let counts = Scope::current().journal().counts();
    assert_eq!((counts.unresolved, counts.in_flight), (1, 0));
    let round = reconciled(&bank, secs(30)).await;
    assert_eq!((round.not_carried_out, open()), (1, 0));
}

#[resilient_runtime::test]
async fn a_scripted_panic_leaves_the_record_open() {
    let (_bank, client) = client();
    let _kit = script("client::confirmed").panic();
    let call = AssertUnwindSafe(client.confirmed("17")).catch_unwind();
    assert!(call.await.is_err());
    assert_eq!(Scope::current().journal().counts().unresolved, 1);
}

#[resilient_runtime::test]
async fn what_policies_refuse_by_a_script_writes_nothing() {
    let open_breaker = Kind::BreakerOpen {
        retry_after: Some(secs(3)),
    };
    for kind in [
        open_breaker,
        Kind::BulkheadFull,
        Kind::Cancelled,
        Kind::JournalFull,
        Kind::JournalFailed,
    ] {
        let (bank, client) = client();
        let _kit = script("client::confirmed").reject(kind);
        let error = client.confirmed("17").await.unwrap_err();
        assert_eq!(error.rejected().kind(), kind);
        let counts = Scope::current().journal().counts();
        assert_eq!((counts.not_carried_out, open()), (0, 0), "{kind:?}");
        assert!(error.failure().is_not_sent(), "{kind:?}");
        assert_eq!(bank.asked().len(), 0);
    }
    let (bank, client) = client();
    let _kit = script("client::confirmed").reject(Kind::Unresolved);
    let error = client.confirmed("17").await.unwrap_err();
    assert_eq!(error.failure(), Failure::Unknown);
    assert_eq!(error.rejected().key(), Some("17"));
    assert_eq!((bank.asked().len(), open()), (0, 0));
}

/// The body comes behind the last step, under an intent like any other.
#[resilient_runtime::test]
async fn behind_a_delay_the_real_body_runs() {
    let bank = Bank::new([Does::After(secs(1))], true);
    let client = Client(Arc::clone(&bank));
    let _kit = script("client::confirmed").delay(secs(3));
    let started = Instant::now();
    assert_eq!(client.confirmed("17").await, Ok(1));
    assert_eq!(started.elapsed(), secs(4));
    assert_eq!((bank.arrived(), open()), (1, 0));
}

/// What the questions meet can be scripted like anything else that has a policy; here the bank is made deaf.
#[resilient_runtime::test]
async fn a_scripted_lost_answer_that_nobody_can_explain_is_unresolved() {
    let (bank, client) = client();
    bank.deaf.store(true, Ordering::Relaxed);
    let _kit = script("client::confirmed").fail_after(Duration::from_millis(1), Failure::Unknown);
    let error = client.confirmed("17").await.unwrap_err();
    assert_eq!(error.rejected().kind(), Kind::Unresolved);
    assert!(matches!(error, BankError::Policy(_)));
    assert_eq!(open(), 1);
}
