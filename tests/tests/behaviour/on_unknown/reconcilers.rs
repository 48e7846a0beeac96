//! Several reconcilers of one journal, questions that hang, and a journal that panics where nothing may fail.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use resilient_runtime::on_unknown::{
    Intent, Journal, MemoryJournal, Reconciler, Record, RecordId, Resolver, State, Writing,
};
use resilient_runtime::rejected::Kind;
use resilient_runtime::{Failure, Scope, idempotent, non_idempotent, on_unknown, timeout};
use resilient_tests::bank::BankError;
use tokio::time::{Instant, sleep};

use super::client::secs;

/// A bank whose cancels take their time, and which counts how many are asked at once.
#[derive(Default)]
struct Slow {
    now: AtomicU32,
    most: AtomicU32,
    asked: AtomicU32,
}

struct Asking<'a>(&'a Slow);

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Slow {
    /// Nearly as long as a question may take, and then it was for nothing.
    #[idempotent]
    async fn void(&self, _key: &str) -> Result<(), BankError> {
        let now = self.now.fetch_add(1, Ordering::Relaxed) + 1;
        let _asking = Asking(self);
        self.most.fetch_max(now, Ordering::Relaxed);
        self.asked.fetch_add(1, Ordering::Relaxed);
        sleep(Duration::from_millis(4_900)).await;
        Err(BankError::Bank(Failure::NotSent))
    }

    /// Never answers.
    #[idempotent]
    async fn hangs(&self, _key: &str) -> Result<(), BankError> {
        std::future::pending().await
    }

    #[non_idempotent]
    #[on_unknown(key(order), cancel(Self::void, fences))]
    #[timeout(total = "6s", attempt = "5s")]
    async fn pay(&self, order: u32) -> Result<u32, BankError> {
        std::future::pending::<()>().await;
        Ok(order)
    }

    #[non_idempotent]
    #[on_unknown(key(order), cancel(Self::hangs, fences))]
    #[timeout(total = "20s", attempt = "5s")]
    async fn pay_for_ever(&self, order: u32) -> Result<u32, BankError> {
        std::future::pending::<()>().await;
        Ok(order)
    }
}

fn name(function: &str) -> String {
    format!("{}::{function}", module_path!())
}

#[resilient_runtime::test]
async fn three_of_them_never_ask_about_one_record_at_once() {
    let bank = Arc::new(Slow::default());
    assert!(
        tokio::time::timeout(secs(1), bank.pay(17)).await.is_err(),
        "its caller left"
    );
    let reconciler = || {
        let resolver = Resolver::of(Arc::clone(&bank)).cancel(Slow::void);
        let reconciler = Reconciler::new().call(name("pay"), resolver);
        reconciler.every(Duration::from_millis(300))
    };
    let beside = async {
        tokio::join!(
            reconciler().run(),
            reconciler().run(),
            // One is killed in the middle of its question, again and again.
            async {
                loop {
                    let _killed = tokio::time::timeout(secs(7), reconciler().run()).await;
                }
            }
        )
    };
    let _for_ever: Result<((_, _, ()), _), _> = tokio::time::timeout(secs(300), beside)
        .await
        .map(|all| (all, ()));
    let asked = bank.asked.load(Ordering::Relaxed);
    assert!(asked > 40, "it is asked all the time: {asked}");
    assert_eq!(bank.most.load(Ordering::Relaxed), 1);
    let counts = Scope::current().journal().counts();
    assert_eq!((counts.cancelling, counts.unresolved), (1, 1));
}

#[resilient_runtime::test]
async fn a_cancel_that_hangs_holds_its_caller_no_longer_than_the_total_and_a_round_one_question() {
    let (bank, started) = (Arc::new(Slow::default()), Instant::now());
    let error = bank.pay_for_ever(17).await.unwrap_err();
    assert_eq!(
        (error.rejected().kind(), started.elapsed()),
        (Kind::Unresolved, secs(20))
    );
    let hanging = Resolver::of(Arc::clone(&bank)).cancel(Slow::hangs);
    let reconciler = Reconciler::new().call(name("pay_for_ever"), hanging);
    assert_eq!(reconciler.round().await.unwrap().unresolved, 1);
    assert_eq!(started.elapsed(), secs(25), "as long as an attempt");
    assert_eq!(Scope::current().journal().counts().cancelling, 1);
}

/// Its leases are ended by a statement that panics.
struct Panics(MemoryJournal);

impl Journal for Panics {
    fn begin<'a>(&'a self, intent: Intent<'a>) -> Writing<'a, RecordId> {
        self.0.begin(intent)
    }
    fn change(&self, record: RecordId, from: State, to: State) -> Writing<'_, bool> {
        self.0.change(record, from, to)
    }
    fn renew(&self, record: RecordId, hold: Duration) -> Writing<'_, bool> {
        self.0.renew(record, hold)
    }
    fn release(&self, record: RecordId, lost: Duration) {
        self.0.release(record, lost);
        panic!("on purpose");
    }
    fn lease(&self, most: usize, hold: Duration) -> Writing<'_, Vec<Record>> {
        self.0.lease(most, hold)
    }
    fn open(&self) -> Writing<'_, Vec<Record>> {
        self.0.open()
    }
}

/// A lease ends in a drop: a second panic there would take the process along, and every record in memory with it.
#[resilient_runtime::test]
async fn a_journal_that_panics_while_a_lease_ends_takes_nobody_along() {
    #[idempotent]
    async fn void(_key: &str) -> Result<(), BankError> {
        Err(BankError::Bank(Failure::NotSent))
    }
    #[non_idempotent]
    #[on_unknown(key(order), cancel(void, fences), journal(journal))]
    #[timeout(total = "6s", attempt = "5s")]
    async fn panics(order: u32, journal: Arc<Panics>) -> Result<u32, BankError> {
        tokio::task::yield_now().await;
        assert_eq!(order, 0, "on purpose");
        std::future::pending().await
    }
    let events = resilient_tests::events::Events::record();
    let journal = Arc::new(Panics(MemoryJournal::new()));
    let ended = tokio::spawn(panics(17, Arc::clone(&journal))).await;
    assert!(ended.unwrap_err().is_panic(), "the body's own");
    let left = tokio::time::timeout(secs(1), panics(0, Arc::clone(&journal))).await;
    assert!(left.is_err(), "dropped in the middle, and nothing panicked");
    assert_eq!(journal.0.counts().unresolved, 2);
    let ends = || events.with("nobody deals with").len();
    assert_eq!(ends(), 2, "{:?}", events.lines());
    let reconciler = Reconciler::new()
        .journal(Arc::clone(&journal))
        .call(name("panics"), Resolver::new().cancel(void));
    assert_eq!(reconciler.round().await.unwrap().unresolved, 2);
    assert!(ends() >= 4, "{:?}", events.lines());
}
