//! Questions that fail, hang or panic, and calls that need none.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use resilient_runtime::rejected::Kind;
use resilient_runtime::{Classify, Failure, non_idempotent, on_unknown, retry, timeout};
use resilient_tests::bank::{Bank, BankError, Does};
use tokio::time::{Instant, sleep};

use super::client::{Client, LATE, open, reconciled, secs};

#[resilient_runtime::test]
async fn an_answer_closes_the_record_and_nobody_is_asked() {
    let bank = Bank::new(
        [Does::After(secs(1)), Does::Refuses(Failure::Permanent)],
        false,
    );
    let client = Client(Arc::clone(&bank));
    assert_eq!(client.confirmed("17").await, Ok(1));
    assert_eq!(
        client.confirmed("18").await,
        Err(BankError::Bank(Failure::Permanent))
    );
    assert_eq!((bank.asked().len(), open()), (0, 0));
    let counts = resilient_runtime::Scope::current().journal().counts();
    assert_eq!((counts.succeeded, counts.not_carried_out), (1, 1));
}

#[resilient_runtime::test]
async fn a_charge_whose_answer_was_lost_is_found_at_once() {
    let bank = Bank::new([Does::AnswerLost], false);
    let started = Instant::now();
    assert_eq!(Client(Arc::clone(&bank)).confirmed("17").await, Ok(1));
    assert_eq!(started.elapsed(), secs(0));
    assert_eq!((bank.charged("17"), bank.arrived(), open()), (1, 1, 0));
}

#[resilient_runtime::test]
async fn a_charge_that_never_arrived_is_sent_again_when_that_is_certain() {
    let bank = Bank::new([Does::Loses, Does::After(secs(1))], false);
    let started = Instant::now();
    assert_eq!(Client(Arc::clone(&bank)).confirmed("17").await, Ok(1));
    assert!(
        started.elapsed() >= secs(15),
        "5 s to give up, 10 s to settle"
    );
    assert_eq!((bank.charged("17"), bank.arrived(), open()), (1, 2, 0));
}

#[resilient_runtime::test]
async fn what_was_not_carried_out_says_so_when_no_attempt_is_left() {
    struct Once(Client);
    impl Once {
        #[resilient_runtime::read_only]
        async fn find(&self, key: &str) -> Result<Option<u32>, BankError> {
            self.0.find(key).await
        }
        #[non_idempotent]
        #[on_unknown(key(order), confirm(Self::find), settles = "10s")]
        #[timeout(total = "60s", attempt = "5s")]
        async fn charge(&self, order: u32) -> Result<u32, BankError> {
            self.0.0.post(&order.to_string()).await
        }
    }
    let once = Once(Client(Bank::new([Does::Loses], false)));
    let error = once.charge(17).await.unwrap_err();
    assert_eq!(error.rejected().kind(), Kind::NotCarriedOut);
    assert_eq!(
        (error.failure(), error.rejected().key()),
        (Failure::NotSent, Some("17"))
    );
    let source = std::error::Error::source(error.rejected()).map(ToString::to_string);
    assert!(
        source.is_some_and(|text| text.contains("timed out")),
        "the user's own error"
    );
    assert_eq!(open(), 0);
}

#[resilient_runtime::test]
async fn a_confirm_that_fails_ends_as_unresolved_and_the_reconciler_goes_on() {
    let bank = Bank::new([LATE], false);
    bank.deaf.store(true, Ordering::Relaxed);
    let started = Instant::now();
    let error = Client(Arc::clone(&bank)).confirmed("17").await.unwrap_err();
    assert_eq!(error.rejected().kind(), Kind::Unresolved);
    assert_eq!(
        (error.failure(), error.rejected().key()),
        (Failure::Unknown, Some("17"))
    );
    assert_eq!(bank.asked().len(), 3, "three failures in a row");
    assert!(started.elapsed() < secs(10), "{:?}", started.elapsed());
    assert_eq!(
        (reconciled(&bank, secs(20)).await.unresolved, open()),
        (1, 1)
    );
    bank.deaf.store(false, Ordering::Relaxed);
    assert_eq!((reconciled(&bank, secs(5)).await.succeeded, open()), (1, 0));
}

#[resilient_runtime::test]
async fn a_confirm_that_hangs_holds_its_caller_no_longer_than_the_total() {
    let bank = Bank::new([LATE], true);
    bank.hangs.store(true, Ordering::Relaxed);
    for (wait, order) in [(60, "17"), (12, "18")] {
        let (client, started) = (Client(Arc::clone(&bank)), Instant::now());
        let answer = match wait {
            60 => client.confirmed(order).await,
            _ => client.fenced(order).await,
        };
        assert_eq!(answer.unwrap_err().rejected().kind(), Kind::Unresolved);
        assert!(started.elapsed() <= secs(wait), "{:?}", started.elapsed());
    }
    assert_eq!(open(), 2);
    bank.hangs.store(false, Ordering::Relaxed);
    assert_eq!(reconciled(&bank, secs(60)).await.unresolved, 0);
    assert_eq!(bank.most(), 1);
}

#[resilient_runtime::test]
async fn a_cancel_that_fails_is_sent_until_it_is_done() {
    let bank = Bank::new([LATE], false);
    bank.deaf.store(true, Ordering::Relaxed);
    let error = Client(Arc::clone(&bank)).cancelled("17").await.unwrap_err();
    assert_eq!(error.rejected().kind(), Kind::Unresolved);
    assert_eq!(open(), 1);
    sleep(secs(30)).await;
    assert_eq!(bank.charged("17"), 1, "it was carried out meanwhile");
    bank.deaf.store(false, Ordering::Relaxed);
    let round = reconciled(&bank, secs(5)).await;
    assert_eq!(
        (round.cancelled, round.succeeded),
        (1, 0),
        "a success is not believed behind a cancel"
    );
    assert_eq!((bank.charged("17"), open()), (0, 0));
}

#[resilient_runtime::test]
async fn a_write_that_may_be_repeated_is_looked_for_behind_the_last_attempt() {
    let bank = Bank::new([Does::Loses, Does::Loses], false);
    let error = Client(Arc::clone(&bank)).repeated("17").await.unwrap_err();
    assert_eq!(error.rejected().kind(), Kind::NotCarriedOut);
    assert_eq!((bank.arrived(), open()), (2, 0));
    assert!(
        bank.asked().iter().all(|(_, second)| *second >= 10),
        "{:?}",
        bank.asked()
    );
    let bank = Bank::new([Does::AnswerLost, Does::Refuses(Failure::Permanent)], false);
    let ends = Arc::new(std::sync::Mutex::new(Vec::new()));
    let told = Arc::clone(&ends);
    resilient_runtime::Scope::current().observe(move |event| {
        if let resilient_runtime::event::Event::CallFinished { end, call, .. } = event
            && call.ends_with("repeated")
        {
            told.lock().expect("nobody panics with it").push(*end);
        }
    });
    assert_eq!(
        Client(Arc::clone(&bank)).repeated("17").await,
        Ok(1),
        "the first attempt's outcome counts"
    );
    assert_eq!(
        *ends.lock().expect("nobody panics with it"),
        [resilient_runtime::event::End::Ok]
    );
    let bank = Bank::new([Does::AnswerLost, Does::After(secs(1))], false);
    assert_eq!(Client(Arc::clone(&bank)).repeated("17").await, Ok(1));
    assert_eq!((bank.asked().len(), open()), (0, 0), "the second said it");
}

#[resilient_runtime::test]
async fn a_panic_in_the_body_or_in_a_question_leaves_the_record_open() {
    #[resilient_runtime::read_only]
    async fn panics(_key: &str) -> Result<Option<u32>, BankError> {
        panic!("a question that panics")
    }
    #[non_idempotent]
    #[on_unknown(key(order), confirm(panics), settles = "10s")]
    async fn charge(order: u32, body_panics: bool) -> Result<u32, BankError> {
        assert!(!body_panics, "a body that panics, {order}");
        Err(BankError::Bank(Failure::Unknown))
    }
    for (order, body_panics) in [(1, true), (2, false)] {
        let scope = resilient_runtime::Scope::current();
        let call = tokio::spawn(scope.run(charge(order, body_panics)));
        assert!(call.await.unwrap_err().is_panic());
        assert_eq!(scope.journal().counts().unresolved, order as usize);
    }
    let name = format!("{}::charge", module_path!());
    let resolver = resilient_runtime::on_unknown::Resolver::new().confirm(panics);
    let reconciler = resilient_runtime::on_unknown::Reconciler::new().call(name, resolver);
    let round = reconciler.round().await.expect("memory does not fail");
    assert_eq!(
        (round.unresolved, open()),
        (2, 2),
        "and the reconciler survives it"
    );
}

/// A panic is the caller's; the record knows that a cancel was about to be sent, so nobody believes a success any more.
#[resilient_runtime::test]
async fn a_panic_in_cancel_leaves_a_record_that_only_a_cancel_closes() {
    use std::sync::atomic::AtomicBool;
    static PANICS: AtomicBool = AtomicBool::new(true);
    #[resilient_runtime::idempotent]
    async fn void(_key: &str) -> Result<(), BankError> {
        tokio::task::yield_now().await;
        assert!(!PANICS.load(Ordering::Relaxed), "a cancel that panics");
        Ok(())
    }
    #[resilient_runtime::read_only]
    async fn find(_key: &str) -> Result<Option<u32>, BankError> {
        Ok(Some(1))
    }
    #[non_idempotent]
    #[on_unknown(key(order), cancel(void, fences))]
    #[timeout(total = "20s", attempt = "5s")]
    async fn charge(order: u32) -> Result<u32, BankError> {
        Err(BankError::Bank(Failure::Unknown)).map(|()| order)
    }
    let scope = resilient_runtime::Scope::current();
    let call = tokio::spawn(scope.run(charge(17)));
    assert!(call.await.unwrap_err().is_panic());
    let record = scope.journal().records().remove(0);
    assert_eq!(
        record.state,
        resilient_runtime::on_unknown::State::Cancelling
    );
    let resolver = || {
        resilient_runtime::on_unknown::Resolver::new()
            .confirm(find)
            .cancel(void)
    };
    let name = format!("{}::charge", module_path!());
    let reconciler = resilient_runtime::on_unknown::Reconciler::new().call(name, resolver());
    let round = reconciler.round().await.expect("memory does not fail");
    assert_eq!(
        (round.unresolved, round.succeeded),
        (1, 0),
        "it panics there, too"
    );
    PANICS.store(false, Ordering::Relaxed);
    let round = reconciler.round().await.expect("memory does not fail");
    assert_eq!((round.cancelled, open()), (1, 0));
}

#[resilient_runtime::test]
async fn a_panic_in_confirm_reaches_the_caller_and_the_key_stays_closed_to_others() {
    struct Shop(Client);
    impl Shop {
        #[resilient_runtime::read_only]
        async fn find(&self, key: &str) -> Result<Option<u32>, BankError> {
            tokio::task::yield_now().await;
            assert!(
                !self.0.0.deaf.load(Ordering::Relaxed),
                "a confirm that panics"
            );
            self.0.find(key).await
        }
        #[non_idempotent]
        #[on_unknown(key(order), confirm(Self::find), settles = "10s")]
        #[timeout(total = "30s", attempt = "5s")]
        async fn charge(&self, order: u32) -> Result<u32, BankError> {
            self.0.0.post(&order.to_string()).await
        }
    }
    let shop = Arc::new(Shop(Client(Bank::new([Does::AnswerLost], false))));
    let bank = Arc::clone(&shop.0.0);
    bank.deaf.store(true, Ordering::Relaxed);
    let scope = resilient_runtime::Scope::current();
    let caller = Arc::clone(&shop);
    let call = tokio::spawn(scope.run(async move { caller.charge(17).await }));
    assert!(call.await.unwrap_err().is_panic());
    bank.deaf.store(false, Ordering::Relaxed);
    let error = shop.charge(17).await.unwrap_err();
    assert_eq!(error.rejected().kind(), Kind::Unresolved);
    assert_eq!(bank.arrived(), 1, "not sent a second time");
    let name = format!("{}::charge", module_path!());
    let resolver = resilient_runtime::on_unknown::Resolver::of(shop).confirm(Shop::find);
    let reconciler = resilient_runtime::on_unknown::Reconciler::new().call(name, resolver);
    let round = reconciler.round().await.expect("memory does not fail");
    assert_eq!((round.succeeded, open(), bank.charged("17")), (1, 0, 1));
}

#[resilient_runtime::test]
async fn a_call_inside_that_may_have_been_carried_out_is_asked_about() {
    #[non_idempotent]
    async fn charge(bank: &Arc<Bank>) -> Result<u32, BankError> {
        bank.post("17").await
    }
    struct Shop(Client);
    impl Shop {
        #[resilient_runtime::read_only]
        async fn find(&self, key: &str) -> Result<Option<u32>, BankError> {
            self.0.find(key).await
        }
        #[non_idempotent]
        #[on_unknown(key("17"), confirm(Self::find), settles = "10s")]
        async fn order(&self) -> Result<u32, BankError> {
            let _receipt = charge(&self.0.0).await?;
            Err(BankError::Bank(Failure::NotSent))
        }
    }
    let shop = Shop(Client(Bank::new([Does::After(secs(1))], false)));
    assert_eq!(
        shop.order().await,
        Ok(1),
        "\"not sent\" is true of the second call alone"
    );
}

#[resilient_runtime::test]
async fn an_outer_retry_repeats_what_is_certainly_not_carried_out_and_nothing_else() {
    struct Shop(Client);
    impl Shop {
        #[resilient_runtime::read_only]
        async fn find(&self, key: &str) -> Result<Option<u32>, BankError> {
            self.0.find(key).await
        }
        #[non_idempotent]
        #[on_unknown(key("17"), confirm(Self::find), settles = "10s")]
        #[timeout(total = "30s", attempt = "5s")]
        async fn charge(&self) -> Result<u32, BankError> {
            self.0.0.post("17").await
        }
        #[retry(not_sent, jitter(none), budget(none))]
        async fn order(&self) -> Result<u32, BankError> {
            self.charge().await
        }
    }
    let lost_once = Bank::new([Does::Loses, Does::After(secs(1))], false);
    assert_eq!(Shop(Client(Arc::clone(&lost_once))).order().await, Ok(1));
    assert_eq!(lost_once.arrived(), 2);
    let deaf = Bank::new([LATE], false);
    deaf.deaf.store(true, Ordering::Relaxed);
    let error = Shop(Client(Arc::clone(&deaf))).order().await.unwrap_err();
    assert_eq!((error.failure(), deaf.arrived()), (Failure::Unknown, 1));
}
