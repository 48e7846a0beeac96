//! What a detached call begins counts for whoever repeats around it, and a lease is as long as the call that is made.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use resilient_runtime::config::Config;
use resilient_runtime::on_unknown::{
    Intent, Journal, MemoryJournal, Record, RecordId, State, Writing,
};
use resilient_runtime::rejected::Kind;
use resilient_runtime::{
    Failure, idempotent, non_idempotent, on_unknown, read_only, retry, timeout,
};
use resilient_tests::bank::{Bank, BankError, Does};
use tokio::time::sleep;

use super::client::{Client, reconciler, secs};

#[read_only]
async fn find(_key: &str) -> Result<Option<u32>, BankError> {
    Ok(None)
}

/// A client that says nothing of what it does: it pays, and then fails to say so to somebody else.
async fn silent(bank: Arc<Bank>) -> Result<u32, BankError> {
    #[non_idempotent]
    async fn charge(bank: &Arc<Bank>) -> Result<u32, BankError> {
        bank.post("17").await
    }
    charge(&bank).await?;
    Err(BankError::Bank(Failure::transient(None)))
}

#[resilient_runtime::test]
async fn a_payment_that_a_detached_call_made_is_not_repeated() {
    #[idempotent]
    #[on_unknown(key(order), confirm(find), settles = "10s", detach)]
    async fn order(order: u32, bank: Arc<Bank>) -> Result<u32, BankError> {
        silent(bank).await
    }
    #[retry(idempotent, jitter(none), budget(none))]
    async fn checkout(bank: &Arc<Bank>) -> Result<u32, BankError> {
        order(17, Arc::clone(bank)).await
    }
    let bank = Bank::new([Does::After(secs(1))], false);
    let error = checkout(&bank).await.unwrap_err();
    assert_eq!(
        (error.rejected().kind(), bank.arrived()),
        (Kind::Unresolved, 1),
        "\"not found\" does not undo the payment inside"
    );
}

#[resilient_runtime::test]
async fn a_detached_call_that_goes_on_is_not_repeated_beside_itself() {
    #[idempotent]
    #[on_unknown(key(number), confirm(find), settles = "10s", detach)]
    async fn order(number: u32, bank: Arc<Bank>) -> Result<u32, BankError> {
        sleep(secs(3)).await;
        silent(bank).await
    }
    #[retry(idempotent, jitter(none), budget(none))]
    #[timeout(total = "60s", attempt = "2s")]
    async fn checkout(bank: &Arc<Bank>, next: &AtomicU32) -> Result<u32, BankError> {
        let key = next.fetch_add(1, Ordering::Relaxed);
        order(key, Arc::clone(bank)).await
    }
    let bank = Bank::new([Does::After(secs(1))], false);
    assert!(checkout(&bank, &AtomicU32::new(1)).await.is_err());
    sleep(secs(60)).await;
    assert_eq!(bank.arrived(), 1);
}

/// Notes for how long each record is leased to its call.
#[derive(Default)]
struct Leases {
    kept: MemoryJournal,
    within: Mutex<Vec<Option<Duration>>>,
}

impl Journal for Leases {
    fn begin<'a>(&'a self, intent: Intent<'a>) -> Writing<'a, RecordId> {
        let mut within = self.within.lock().unwrap_or_else(PoisonError::into_inner);
        within.push(intent.within);
        self.kept.begin(intent)
    }
    fn change(&self, record: RecordId, from: State, to: State) -> Writing<'_, bool> {
        self.kept.change(record, from, to)
    }
    fn renew(&self, record: RecordId, hold: Duration) -> Writing<'_, bool> {
        self.kept.renew(record, hold)
    }
    fn release(&self, record: RecordId, lost: Duration) {
        self.kept.release(record, lost);
    }
    fn lease(&self, most: usize, hold: Duration) -> Writing<'_, Vec<Record>> {
        self.kept.lease(most, hold)
    }
    fn open(&self) -> Writing<'_, Vec<Record>> {
        self.kept.open()
    }
}

#[non_idempotent]
#[on_unknown(key(order), confirm(find), settles = "10s", journal(leases))]
#[timeout(total = "4s", attempt = "2s")]
async fn leased(order: u32, leases: &Leases, bank: &Arc<Bank>) -> Result<u32, BankError> {
    bank.post(&order.to_string()).await
}

#[resilient_runtime::test]
async fn a_call_whose_time_was_overridden_keeps_its_record_as_long() {
    let (leases, bank) = (Leases::default(), Bank::new([Does::After(secs(1))], false));
    assert_eq!(leased(1, &leases, &bank).await, Ok(1));
    let name = "[call.\"behaviour::on_unknown::promises::leased\"]\ntimeout.total = \"60s\"";
    Config::from_toml_str(name).unwrap().apply().unwrap();
    assert!(leased(2, &leases, &bank).await.is_ok());
    let within = leases.within.lock().unwrap().clone();
    assert_eq!(within, [Some(secs(4)), Some(secs(60))]);
}

#[resilient_runtime::test]
async fn an_override_reaches_the_time_of_a_question_for_callers_and_reconcilers() {
    async fn unresolved(bank: &Arc<Bank>, order: &str) -> Duration {
        let started = tokio::time::Instant::now();
        let error = Client(Arc::clone(bank)).confirmed(order).await.unwrap_err();
        assert_eq!(error.rejected().kind(), Kind::Unresolved);
        started.elapsed()
    }
    async fn round(bank: &Arc<Bank>) -> Duration {
        let started = tokio::time::Instant::now();
        let round = reconciler(bank)
            .round()
            .await
            .expect("memory does not fail");
        assert!(round.unresolved > 0);
        started.elapsed()
    }
    let bank = Bank::new([Does::AnswerLost], true);
    bank.hangs.store(true, Ordering::Relaxed);
    let usual = unresolved(&bank, "17").await;
    assert!(usual >= secs(15), "three questions of 5 s: {usual:?}");
    assert_eq!(round(&bank).await, secs(5));
    let name =
        "[call.\"behaviour::on_unknown::client::confirmed\"]\non_unknown.question = \"500ms\"";
    Config::from_toml_str(name).unwrap().apply().unwrap();
    let short = unresolved(&bank, "18").await;
    assert!(short < secs(6), "{short:?}");
    assert_eq!(round(&bank).await, Duration::from_millis(500));
    let calls = resilient_runtime::Scope::current()
        .registry()
        .snapshot()
        .calls;
    let confirmed = calls
        .iter()
        .find(|call| call.name.ends_with("client::confirmed"));
    let settings = confirmed.expect("it was called").settings;
    assert_eq!(settings.question, Some(Duration::from_millis(500)));
}

#[resilient_runtime::test]
async fn a_function_without_on_unknown_has_no_question_to_limit() {
    #[retry(idempotent)]
    #[timeout(total = "5s", attempt = "1s")]
    async fn never_asks() -> Result<u32, BankError> {
        Ok(1)
    }
    assert_eq!(never_asks().await, Ok(1));
    let name =
        "[call.\"behaviour::on_unknown::promises::never_asks\"]\non_unknown.question = \"1s\"";
    let wrong = Config::from_toml_str(name).unwrap().apply().unwrap_err();
    assert!(
        wrong.to_string().contains("it has no `on_unknown`"),
        "{wrong}"
    );
}
