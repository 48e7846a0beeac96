//! Clients of one bank, one function for each way to deal with a lost answer.

use std::sync::Arc;
use std::time::Duration;

use resilient_runtime::on_unknown::{Reconciler, Resolver, Round};
use resilient_runtime::{Scope, idempotent, non_idempotent, on_unknown, read_only, retry, timeout};
use resilient_tests::bank::{Bank, BankError, Does};
use tokio::time::sleep;

pub(super) const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The bank of the scenario: it carries a charge out 10 s after it arrived.
pub(super) const LATE: Does = Does::After(secs(10));

pub(super) struct Client(pub(super) Arc<Bank>);

impl Client {
    #[read_only]
    pub(super) async fn find(&self, key: &str) -> Result<Option<u32>, BankError> {
        self.0.look_up(key).await
    }

    #[idempotent]
    pub(super) async fn void(&self, key: &str) -> Result<(), BankError> {
        self.0.undo(key).await
    }

    /// Waits long enough to be certain.
    #[non_idempotent]
    #[retry(not_sent, jitter(none))]
    #[on_unknown(key(order), confirm(Self::find), settles = "10s")]
    #[timeout(total = "60s", attempt = "5s")]
    pub(super) async fn confirmed(&self, order: &str) -> Result<u32, BankError> {
        self.0.post(order).await
    }

    /// Cancels, and the bank refuses the original from then on.
    #[non_idempotent]
    #[retry(not_sent, jitter(none))]
    #[on_unknown(
        key(order),
        confirm(Self::find),
        cancel(Self::void, fences),
        settles = "10s"
    )]
    #[timeout(total = "12s", attempt = "5s")]
    pub(super) async fn fenced(&self, order: &str) -> Result<u32, BankError> {
        self.0.post(order).await
    }

    /// Cancels, and the original may overtake the cancel.
    #[non_idempotent]
    #[retry(not_sent, jitter(none))]
    #[on_unknown(key(order), confirm(Self::find), cancel(Self::void), settles = "10s")]
    #[timeout(total = "12s", attempt = "5s")]
    pub(super) async fn overtaken(&self, order: &str) -> Result<u32, BankError> {
        self.0.post(order).await
    }

    /// Cancels without looking, and waits until that is final.
    #[non_idempotent]
    #[on_unknown(key(order), cancel(Self::void), settles = "10s")]
    #[timeout(total = "60s", attempt = "5s")]
    pub(super) async fn cancelled(&self, order: &str) -> Result<u32, BankError> {
        self.0.post(order).await
    }

    /// Repeats first, and looks then.
    #[idempotent]
    #[retry(attempts = 2, jitter(none), budget(none))]
    #[on_unknown(key(order), confirm(Self::find), settles = "10s")]
    #[timeout(total = "60s", attempt = "5s")]
    pub(super) async fn repeated(&self, order: &str) -> Result<u32, BankError> {
        self.0.post(order).await
    }
}

const NAMES: [&str; 5] = ["confirmed", "fenced", "overtaken", "cancelled", "repeated"];

/// Resolves the lost calls of all these functions.
pub(super) fn reconciler(bank: &Arc<Bank>) -> Reconciler {
    let client = Arc::new(Client(Arc::clone(bank)));
    NAMES
        .into_iter()
        .fold(Reconciler::new(), |reconciler, name| {
            let resolver = Resolver::of(Arc::clone(&client))
                .confirm(Client::find)
                .cancel(Client::void);
            reconciler.call(format!("{}::{name}", module_path!()), resolver)
        })
}

/// Runs rounds until nothing is open, for so long at most.
pub(super) async fn reconciled(bank: &Arc<Bank>, longest: Duration) -> Round {
    let reconciler = reconciler(bank);
    let mut all = Round::default();
    for _ in 0..=longest.as_secs() {
        let round = reconciler.round().await.expect("memory does not fail");
        assert!(round.unassigned.is_empty(), "{round:?}");
        all.succeeded += round.succeeded;
        all.not_carried_out += round.not_carried_out;
        all.cancelled += round.cancelled;
        all.unresolved = round.unresolved;
        if round.unresolved == 0 {
            break;
        }
        sleep(secs(1)).await;
    }
    all
}

pub(super) fn open() -> usize {
    Scope::current().journal().records().len()
}
