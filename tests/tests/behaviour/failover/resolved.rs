//! Beside `on_unknown`: what became of a lost answer is found out first, and only then somebody else is called.

use std::sync::Arc;

use resilient_runtime::{
    failover, fallback, idempotent, non_idempotent, on_unknown, read_only, retry, timeout,
};
use resilient_tests::bank::{Bank, BankError, Does};
use resilient_tests::service::ms;

struct Client {
    bank: Arc<Bank>,
    other: Arc<Bank>,
}

impl Client {
    #[read_only]
    async fn find(&self, key: &str) -> Result<Option<u32>, BankError> {
        self.bank.look_up(key).await
    }

    #[idempotent]
    async fn void(&self, key: &str) -> Result<(), BankError> {
        self.bank.undo(key).await
    }

    #[non_idempotent]
    async fn pay_elsewhere(&self, order: &str) -> Result<u32, BankError> {
        self.other.post(order).await
    }

    #[idempotent]
    async fn put_elsewhere(&self, order: &str) -> Result<u32, BankError> {
        self.other.post(order).await
    }

    /// Cancelled behind its only attempt.
    #[non_idempotent]
    #[timeout(total = "60s", attempt = "5s")]
    #[on_unknown(key(order), cancel(Self::void, fences), settles = "30s")]
    #[failover(Self::pay_elsewhere)]
    async fn cancelled(&self, order: &str) -> Result<u32, BankError> {
        self.bank.post(order).await
    }

    /// Looked for behind its only attempt.
    #[non_idempotent]
    #[timeout(total = "60s", attempt = "5s")]
    #[on_unknown(key(order), confirm(Self::find), settles = "30s")]
    #[failover(Self::pay_elsewhere)]
    async fn looked_for(&self, order: &str) -> Result<u32, BankError> {
        self.bank.post(order).await
    }

    /// Looked for behind its last attempt.
    #[retry(idempotent, attempts = 2, jitter(none))]
    #[timeout(total = "60s", attempt = "5s")]
    #[on_unknown(key(order), confirm(Self::find), settles = "30s")]
    #[failover(Self::put_elsewhere)]
    async fn put(&self, order: &str) -> Result<u32, BankError> {
        self.bank.post(order).await
    }

    /// Nobody can say what became of it within the total.
    #[non_idempotent]
    #[timeout(total = "8s", attempt = "5s")]
    #[on_unknown(key(order), confirm(Self::find), settles = "1h")]
    #[failover(Self::pay_elsewhere)]
    #[fallback(Self::keep)]
    async fn unresolved(&self, order: &str) -> Result<u32, BankError> {
        self.bank.post(order).await
    }

    fn keep(_client: &Self, _order: &str) -> Result<u32, BankError> {
        panic!("nobody answers for a write whose outcome is unknown");
    }
}

fn banks(first: Does) -> Client {
    Client {
        bank: Bank::new([first, first], true),
        other: Bank::new([Does::After(ms(10))], true),
    }
}

/// How often the order was charged at both, when all is over.
async fn charged(client: &Client) -> [i32; 2] {
    tokio::time::sleep(ms(60_000)).await;
    [client.bank.charged("17"), client.other.charged("17")]
}

#[resilient_runtime::test]
async fn a_payment_that_was_cancelled_for_good_is_made_at_the_next_provider() {
    let client = banks(Does::After(ms(20_000)));
    assert!(client.cancelled("17").await.is_ok());
    assert_eq!(charged(&client).await, [0, 1]);
}

#[resilient_runtime::test]
async fn a_payment_that_the_service_does_not_know_when_all_has_settled_is_made_at_the_next_provider()
 {
    let client = banks(Does::Loses);
    assert!(client.looked_for("17").await.is_ok());
    assert_eq!(charged(&client).await, [0, 1]);
    let client = banks(Does::Loses);
    assert!(client.put("17").await.is_ok());
    assert_eq!(charged(&client).await, [0, 1]);
}

#[resilient_runtime::test]
async fn a_payment_that_was_found_is_made_nowhere_else() {
    let client = banks(Does::After(ms(20_000)));
    assert!(client.looked_for("17").await.is_ok());
    assert_eq!(charged(&client).await, [1, 0]);
    let client = banks(Does::AnswerLost);
    let answer = client.put("17").await;
    assert_eq!(charged(&client).await[1], 0, "{answer:?}");
}

#[resilient_runtime::test]
async fn a_payment_of_which_nobody_knows_is_made_nowhere_else() {
    let client = banks(Does::After(ms(20_000)));
    assert!(client.unresolved("17").await.is_err());
    assert_eq!(charged(&client).await, [1, 0]);
}
