//! Journals that are full, down, slow or somebody else's; and keys by which nobody could ask.

mod down;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use resilient_runtime::on_unknown::{
    Intent, Journal, JournalError, MemoryJournal, Record, RecordId, State, Writing,
};
use resilient_runtime::rejected::Kind;
use resilient_runtime::{
    Classify, Failure, Scope, breaker, non_idempotent, on_unknown, read_only, retry, timeout,
};
use resilient_tests::bank::{Bank, BankError, Does};
use tokio::time::sleep;

use super::client::{Client, LATE, open, reconciled, secs};

/// A journal behind a wire: it takes time, and can be cut off before or behind the intent.
pub(super) struct Durable {
    pub(super) kept: MemoryJournal,
    pub(super) takes: Duration,
    pub(super) down: AtomicBool,
    pub(super) writes: AtomicU32,
}

impl Durable {
    pub(super) fn new(takes: Duration) -> Self {
        Self {
            kept: MemoryJournal::bounded(2),
            takes,
            down: AtomicBool::new(false),
            writes: AtomicU32::new(0),
        }
    }

    async fn reach(&self) -> Result<(), JournalError> {
        self.writes.fetch_add(1, Ordering::Relaxed);
        sleep(self.takes).await;
        if self.down.load(Ordering::Relaxed) {
            return Err(JournalError::Failed("connection refused".into()));
        }
        Ok(())
    }
}

impl Journal for Durable {
    fn begin<'a>(&'a self, intent: Intent<'a>) -> Writing<'a, RecordId> {
        Box::pin(async move {
            self.reach().await?;
            self.kept.begin(intent).await
        })
    }
    fn change(&self, record: RecordId, from: State, to: State) -> Writing<'_, bool> {
        Box::pin(async move {
            self.reach().await?;
            self.kept.change(record, from, to).await
        })
    }
    fn renew(&self, record: RecordId, hold: Duration) -> Writing<'_, bool> {
        self.kept.renew(record, hold)
    }
    fn release(&self, record: RecordId, lost: Duration) {
        self.kept.release(record, lost);
    }
    fn lease(&self, most: usize, hold: Duration) -> Writing<'_, Vec<Record>> {
        Box::pin(async move {
            self.reach().await?;
            self.kept.lease(most, hold).await
        })
    }
    fn open(&self) -> Writing<'_, Vec<Record>> {
        self.kept.open()
    }
}

pub(super) struct Shop {
    pub(super) bank: Arc<Bank>,
    pub(super) journal: Arc<Durable>,
}

impl Shop {
    pub(super) fn new(does: Does, takes: Duration) -> Self {
        Self {
            bank: Bank::new([does], false),
            journal: Arc::new(Durable::new(takes)),
        }
    }

    #[read_only]
    pub(super) async fn find(&self, key: &str) -> Result<Option<u32>, BankError> {
        self.bank.look_up(key).await
    }

    #[non_idempotent]
    #[retry(not_sent, jitter(none))]
    #[on_unknown(key(order), confirm(Self::find), settles = "10s", journal(self.journal))]
    #[timeout(total = "60s", attempt = "5s")]
    #[breaker(consecutive = 1)]
    pub(super) async fn charge(&self, order: &str) -> Result<u32, BankError> {
        self.bank.post(order).await
    }

    #[non_idempotent]
    #[on_unknown(key(order), confirm(Self::find), settles = "10s", journal(self.journal, best_effort))]
    #[timeout(total = "60s", attempt = "5s")]
    pub(super) async fn in_any_case(&self, order: &str) -> Result<u32, BankError> {
        self.bank.post(order).await
    }
}

#[resilient_runtime::test]
async fn events_name_the_service_also_when_the_reconciler_asks() {
    use resilient_runtime::event::Event;
    use resilient_runtime::on_unknown::{Reconciler, Resolver};
    #[read_only]
    async fn find(_key: &str) -> Result<Option<u32>, BankError> {
        Ok(None)
    }
    #[non_idempotent]
    #[resilient_runtime::dependency("bank")]
    #[on_unknown(key(order), confirm(find), settles = "10s", journal(journal))]
    #[timeout(total = "8s", attempt = "5s")]
    async fn named(order: u32, journal: &Arc<Durable>) -> Result<u32, BankError> {
        Err(BankError::Bank(Failure::Unknown)).map(|()| order)
    }
    let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
    let told = Arc::clone(&seen);
    Scope::current().observe(move |event| {
        if matches!(
            event,
            Event::ServiceAsked { .. } | Event::Resolved { .. } | Event::JournalFailed { .. }
        ) {
            let whose = event.dependency().map(|dependency| dependency.name);
            told.lock().unwrap().push((event.name(), whose));
        }
    });
    let journal = Arc::new(Durable::new(secs(0)));
    let error = named(17, &journal).await.unwrap_err();
    assert_eq!(error.rejected().kind(), Kind::Unresolved);
    sleep(secs(10)).await;
    let reconciler = Reconciler::new().journal(Arc::clone(&journal)).call(
        format!("{}::named", module_path!()),
        Resolver::new().confirm(find),
    );
    assert_eq!(reconciler.round().await.unwrap().not_carried_out, 1);
    let (asked, resolved) = (("service_asked", Some("bank")), ("resolved", Some("bank")));
    let seen = seen.lock().unwrap().clone();
    assert_eq!(seen.last(), Some(&resolved), "{seen:?}");
    assert!(
        seen[..seen.len() - 1].iter().all(|event| *event == asked),
        "{seen:?}"
    );
}

#[resilient_runtime::test]
async fn a_second_call_under_a_key_waits_for_nobody_and_is_not_sent() {
    let bank = Bank::new([LATE], false);
    let client = Client(Arc::clone(&bank));
    let (first, second) = tokio::join!(client.confirmed("17"), client.confirmed("17"));
    assert_eq!(first, Ok(1));
    let error = second.unwrap_err();
    assert_eq!(error.rejected().kind(), Kind::Unresolved);
    assert_eq!((error.failure(), bank.arrived()), (Failure::Unknown, 1));
    assert_eq!(
        client.confirmed("17").await.map(|_| bank.arrived()),
        Ok(2),
        "the first is resolved"
    );
}

#[resilient_runtime::test]
async fn a_key_by_which_nobody_could_ask_is_refused() {
    let bank = Bank::new([Does::After(secs(1))], false);
    let client = Client(Arc::clone(&bank));
    let huge = "x".repeat(1_025);
    for key in ["", "a\r\nX-Admin: 1", "a\u{7f}", huge.as_str()] {
        let error = client.confirmed(key).await.unwrap_err();
        assert_eq!(error.rejected().kind(), Kind::UnfitKey, "{key:?}");
        assert!(error.failure().is_not_sent());
    }
    assert_eq!((bank.arrived(), open()), (0, 0));
    for key in ["größe 17 / ü", &huge[..1_024]] {
        assert_eq!(client.confirmed(key).await, Ok(1), "{key:?}");
    }
}

#[resilient_runtime::test]
async fn a_record_closed_by_hand_is_believed_by_whoever_asks() {
    let bank = Bank::new([Does::Loses], false);
    let client = Client(Arc::clone(&bank));
    let by_hand = async {
        sleep(secs(7)).await;
        let scope = Scope::current();
        let record = scope.journal().records().remove(0);
        scope
            .journal()
            .close(record.id, resilient_runtime::on_unknown::Outcome::Succeeded)
    };
    let (answer, closed) = tokio::join!(client.confirmed("17"), by_hand);
    assert!(closed);
    assert_eq!(
        answer.unwrap_err().rejected().kind(),
        Kind::Unresolved,
        "and nothing is sent again"
    );
    assert_eq!(bank.arrived(), 1);
}

#[resilient_runtime::test]
async fn every_scope_has_a_journal_of_its_own() {
    let bank = Bank::new([Does::Loses], false);
    let (tenant, client) = (Scope::new(), Client(Arc::clone(&bank)));
    let _gone = tokio::time::timeout(secs(1), tenant.run(client.confirmed("17"))).await;
    assert_eq!((tenant.journal().counts().unresolved, open()), (1, 0));
    let snapshot = tenant.registry().snapshot();
    assert_eq!(snapshot.journal.unresolved, 1);
    let unresolved: Vec<_> = snapshot.unresolved.into_iter().collect();
    assert_eq!(
        unresolved,
        [(
            format!(
                "{}::client::confirmed",
                module_path!().trim_end_matches("::journals")
            )
            .into(),
            1
        )]
    );
    let round = tenant.run(reconciled(&bank, secs(60))).await;
    assert_eq!(
        (round.not_carried_out, tenant.journal().records().len()),
        (1, 0)
    );
}

#[resilient_runtime::test]
async fn two_lanes_of_one_call_share_one_record() {
    struct Hedged(Shop);
    impl Hedged {
        #[read_only]
        async fn find(&self, key: &str) -> Result<Option<u32>, BankError> {
            self.0.bank.look_up(key).await
        }
        #[resilient_runtime::idempotent]
        #[resilient_runtime::hedge(after = "500ms")]
        #[on_unknown(key(order), confirm(Self::find), settles = "10s", journal(self.0.journal))]
        async fn rename(&self, order: &str) -> Result<u32, BankError> {
            self.0.bank.post(order).await
        }
    }
    let hedged = Hedged(Shop::new(Does::After(secs(5)), secs(1)));
    assert_eq!(hedged.rename("17").await, Ok(1));
    let counts = hedged.0.journal.kept.counts();
    assert_eq!(
        (counts.succeeded, hedged.0.journal.kept.records().len()),
        (1, 0),
        "{counts:?}"
    );
}
