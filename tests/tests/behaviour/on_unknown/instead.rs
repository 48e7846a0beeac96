//! What answers instead of a lost call: nobody while its outcome is unknown, and whoever is next once it is certain.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use resilient_runtime::rejected::Kind;
use resilient_runtime::{
    failover, fallback, idempotent, non_idempotent, on_unknown, read_only, timeout,
};
use resilient_tests::bank::{Bank, BankError, Does};

use super::client::{LATE, open, secs};

struct Shop {
    first: Arc<Bank>,
    second: Arc<Bank>,
}

impl Shop {
    fn new(first: Does) -> Self {
        Self {
            first: Bank::new([first], true),
            second: Bank::new([Does::After(secs(1))], true),
        }
    }

    #[read_only]
    async fn find(&self, key: &str) -> Result<Option<u32>, BankError> {
        self.first.look_up(key).await
    }

    #[idempotent]
    async fn void(&self, key: &str) -> Result<(), BankError> {
        self.first.undo(key).await
    }

    #[non_idempotent]
    async fn other(&self, order: &str) -> Result<u32, BankError> {
        self.second.post(order).await.map(|_| 2)
    }

    #[non_idempotent]
    #[failover(Self::other)]
    #[on_unknown(
        key(order),
        confirm(Self::find),
        cancel(Self::void, fences),
        settles = "10s"
    )]
    #[timeout(total = "20s", attempt = "5s")]
    async fn charge(&self, order: &str) -> Result<u32, BankError> {
        self.first.post(order).await
    }

    #[non_idempotent]
    async fn later(&self, order: &str) -> Result<u32, BankError> {
        self.second.post(order).await.map(|_| 0)
    }

    #[non_idempotent]
    #[fallback(Self::later)]
    #[on_unknown(key(order), confirm(Self::find), settles = "10s")]
    #[timeout(total = "20s", attempt = "5s")]
    async fn sooner_or_later(&self, order: &str) -> Result<u32, BankError> {
        self.first.post(order).await
    }
}

#[resilient_runtime::test]
async fn the_next_provider_is_called_when_the_first_certainly_carried_nothing_out() {
    let shop = Shop::new(Does::Loses);
    assert_eq!(shop.charge("17").await, Ok(2));
    assert_eq!(
        (shop.first.charged("17"), shop.second.charged("17"), open()),
        (0, 1, 0)
    );
}

#[resilient_runtime::test]
async fn nobody_else_is_called_for_what_was_found_or_is_unknown() {
    let found = Shop::new(LATE);
    assert_eq!(found.charge("17").await, Ok(1));
    assert_eq!(found.second.arrived(), 0);
    let unknown = Shop::new(LATE);
    unknown.first.deaf.store(true, Ordering::Relaxed);
    let error = unknown.charge("18").await.unwrap_err();
    assert_eq!(error.rejected().kind(), Kind::Unresolved);
    assert_eq!((unknown.second.arrived(), open()), (0, 1));
}

#[resilient_runtime::test]
async fn a_fallback_answers_for_what_was_not_carried_out_and_for_nothing_unknown() {
    let lost = Shop::new(Does::Loses);
    assert_eq!(lost.sooner_or_later("17").await, Ok(0));
    let unknown = Shop::new(LATE);
    unknown.first.deaf.store(true, Ordering::Relaxed);
    let error = unknown.sooner_or_later("18").await.unwrap_err();
    assert_eq!(error.rejected().kind(), Kind::Unresolved);
}
