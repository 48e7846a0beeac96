//! A journal whose leases end: calls without a time limit renew them.

mod told;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use resilient_runtime::on_unknown::{
    Intent, Journal, JournalError, MemoryJournal, Reconciler, Record, RecordId, Resolver, State,
    Writing,
};
use resilient_runtime::rejected::Kind;
use resilient_runtime::{idempotent, non_idempotent, on_unknown, read_only, timeout};
use resilient_tests::bank::{Bank, BankError, Does};
use resilient_tests::events::Events;
use tokio::time::{Instant, sleep};

use super::client::secs;

const NONE: Duration = Duration::ZERO;

/// As a database does it: a lease is a moment, and whoever does not renew it loses the record.
pub(super) struct Leasing {
    pub(super) kept: MemoryJournal,
    pub(super) until: Mutex<BTreeMap<RecordId, Instant>>,
    /// A renewal does nothing: how it was before there was one.
    pub(super) forgets: bool,
    pub(super) renewals: AtomicU32,
    /// How often a record was lent to a reconciler.
    pub(super) lent: AtomicU32,
    /// Not to be reached in this span of time.
    pub(super) down: Mutex<(Instant, Instant)>,
    pub(super) takes: Duration,
}

pub(super) fn held<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Leasing {
    pub(super) fn new(forgets: bool) -> Arc<Self> {
        let now = Instant::now();
        Arc::new(Self {
            kept: MemoryJournal::new(),
            until: Mutex::default(),
            forgets,
            renewals: AtomicU32::new(0),
            lent: AtomicU32::new(0),
            down: Mutex::new((now, now)),
            takes: Duration::from_millis(20),
        })
    }

    pub(super) fn down(&self, from: Duration, to: Duration) {
        let now = Instant::now();
        *held(&self.down) = (now + from, now + to);
    }

    fn leased(&self, record: RecordId, hold: Duration) {
        let mut until = held(&self.until);
        until.insert(record, Instant::now() + hold);
    }

    /// What nobody renewed in time is free.
    fn end_leases(&self) {
        held(&self.until).retain(|record, until| {
            let over = *until <= Instant::now();
            if over {
                self.kept.release(*record, NONE);
            }
            !over
        });
    }

    async fn reach(&self) -> Result<(), JournalError> {
        sleep(self.takes).await;
        let (from, to) = *held(&self.down);
        let now = Instant::now();
        if from <= now && now < to {
            return Err(JournalError::Failed("connection refused".into()));
        }
        Ok(())
    }
}

impl Journal for Leasing {
    fn begin<'a>(&'a self, intent: Intent<'a>) -> Writing<'a, RecordId> {
        Box::pin(async move {
            self.reach().await?;
            let record = self.kept.begin(intent).await?;
            self.leased(record, intent.within.expect("a lease that ends"));
            Ok(record)
        })
    }
    fn change(&self, record: RecordId, from: State, to: State) -> Writing<'_, bool> {
        Box::pin(async move {
            self.reach().await?;
            self.kept.change(record, from, to).await
        })
    }
    fn renew(&self, record: RecordId, hold: Duration) -> Writing<'_, bool> {
        Box::pin(async move {
            self.reach().await?;
            self.renewals.fetch_add(1, Ordering::Relaxed);
            if !self.forgets {
                self.leased(record, hold);
            }
            Ok(true)
        })
    }
    fn release(&self, record: RecordId, lost: Duration) {
        held(&self.until).remove(&record);
        self.kept.release(record, lost);
    }
    fn lease(&self, most: usize, hold: Duration) -> Writing<'_, Vec<Record>> {
        Box::pin(async move {
            self.reach().await?;
            self.end_leases();
            let lent = self.kept.lease(most, hold).await?;
            self.lent
                .fetch_add(u32::try_from(lent.len()).expect("few"), Ordering::Relaxed);
            Ok(lent)
        })
    }
    fn open(&self) -> Writing<'_, Vec<Record>> {
        self.kept.open()
    }
}

pub(super) struct Shop {
    pub(super) bank: Arc<Bank>,
    pub(super) journal: Arc<Leasing>,
}

impl Shop {
    pub(super) fn new(does: Does, forgets: bool) -> Arc<Self> {
        Arc::new(Self {
            bank: Bank::new([does], true),
            journal: Leasing::new(forgets),
        })
    }

    #[read_only]
    pub(super) async fn find(&self, key: &str) -> Result<Option<u32>, BankError> {
        self.bank.look_up(key).await
    }

    #[idempotent]
    pub(super) async fn void(&self, key: &str) -> Result<(), BankError> {
        self.bank.undo(key).await
    }

    /// Takes as long as it takes.
    #[non_idempotent]
    #[on_unknown(key(order), cancel(Self::void, fences), journal(self.journal))]
    pub(super) async fn unlimited(&self, order: &str) -> Result<u32, BankError> {
        self.bank.post(order).await
    }

    /// Asks as long as it takes.
    #[non_idempotent]
    #[on_unknown(key(order), confirm(Self::find), settles = "10m", journal(self.journal))]
    #[timeout(attempt = "5s")]
    pub(super) async fn asking(&self, order: &str) -> Result<u32, BankError> {
        self.bank.post(order).await
    }

    #[non_idempotent]
    #[on_unknown(key(order), cancel(Self::void, fences), journal(self.journal))]
    #[timeout(total = "20s", attempt = "5s")]
    pub(super) async fn limited(&self, order: &str) -> Result<u32, BankError> {
        self.bank.post(order).await
    }

    #[non_idempotent]
    #[on_unknown(key(order), confirm(Self::find), settles = "10s", journal(self.journal))]
    #[timeout(total = "20s", attempt = "5s")]
    pub(super) async fn found(&self, order: &str) -> Result<u32, BankError> {
        self.bank.post(order).await
    }

    /// In another process, so to speak: it knows the journal and the bank.
    pub(super) fn reconciler(self: &Arc<Self>) -> Reconciler {
        let of = |shop: &Arc<Self>| Resolver::of(Arc::clone(shop));
        Reconciler::new()
            .journal(Arc::clone(&self.journal))
            .call(name("unlimited"), of(self).cancel(Self::void))
            .call(name("limited"), of(self).cancel(Self::void))
            .call(name("asking"), of(self).confirm(Self::find))
            .call(name("found"), of(self).confirm(Self::find))
    }

    /// While this runs beside.
    pub(super) async fn beside<T>(self: &Arc<Self>, call: impl Future<Output = T>) -> T {
        let reconciler = self.reconciler();
        tokio::select! {
            answer = call => answer,
            never = reconciler.run() => match never {},
        }
    }
}

pub(super) fn name(function: &str) -> String {
    format!("{}::{function}", module_path!())
}

#[resilient_runtime::test]
async fn a_call_without_a_limit_keeps_its_record_however_long_it_takes() {
    let shop = Shop::new(Does::After(secs(600)), false);
    assert_eq!(shop.beside(shop.unlimited("17")).await, Ok(1));
    assert_eq!(shop.journal.kept.counts().succeeded, 1);
    assert_eq!((shop.bank.charged("17"), shop.bank.asked().len()), (1, 0));
    let renewals = shop.journal.renewals.load(Ordering::Relaxed);
    assert!((25..=30).contains(&renewals), "every 20 s: {renewals}");
}

/// What the renewal is for: without it a call that goes on is cancelled, and it does not claim its success.
#[resilient_runtime::test]
async fn a_call_whose_lease_is_forgotten_is_taken_away_and_says_that_it_cannot_know() {
    let shop = Shop::new(Does::After(secs(600)), true);
    let error = shop.beside(shop.unlimited("17")).await.unwrap_err();
    assert_eq!(error.rejected().kind(), Kind::Unresolved);
    assert_eq!(shop.bank.asked().len(), 1, "cancelled");
    assert_eq!(shop.bank.charged("17"), 0);
}

#[resilient_runtime::test]
async fn the_lease_lasts_while_the_call_asks() {
    for forgets in [false, true] {
        let shop = Shop::new(Does::Loses, forgets);
        let error = shop.beside(shop.asking("17")).await.unwrap_err();
        assert_eq!(error.rejected().kind(), Kind::NotCarriedOut);
        let lent = shop.journal.lent.load(Ordering::Relaxed) > 0;
        assert_eq!(lent, forgets, "nobody else works on its record");
    }
}

#[resilient_runtime::test]
async fn renewals_that_fail_are_told_and_tried_again() {
    let shop = Shop::new(Does::After(secs(120)), false);
    let events = Events::record();
    shop.journal.down(secs(15), secs(45));
    assert_eq!(shop.beside(shop.unlimited("17")).await, Ok(1));
    assert_eq!(events.with("that the call goes on").len(), 2);
    assert_eq!((shop.bank.charged("17"), shop.bank.asked().len()), (1, 0));
}

#[resilient_runtime::test]
async fn a_call_that_is_dropped_renews_nothing() {
    let shop = Shop::new(Does::Loses, false);
    assert!(
        tokio::time::timeout(secs(70), shop.unlimited("17"))
            .await
            .is_err()
    );
    let renewals = shop.journal.renewals.load(Ordering::Relaxed);
    assert_eq!(renewals, 3);
    sleep(secs(600)).await;
    assert_eq!(shop.journal.renewals.load(Ordering::Relaxed), renewals);
    assert_eq!(
        shop.reconciler()
            .round()
            .await
            .map(|round| round.cancelled)
            .ok(),
        Some(1)
    );
}

#[resilient_runtime::test]
async fn a_call_with_a_limit_renews_nothing() {
    let shop = Shop::new(Does::After(secs(3)), false);
    assert_eq!(shop.beside(shop.limited("17")).await, Ok(1));
    assert_eq!(shop.journal.renewals.load(Ordering::Relaxed), 0);
}
