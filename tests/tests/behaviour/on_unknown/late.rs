//! The bank carries a charge out 10 s after it arrived, the client gives up at 5 s, and looks before that in vain.

use std::sync::Arc;
use std::time::Duration;

use resilient_runtime::rejected::Kind;
use resilient_runtime::{Scope, testing};
use resilient_tests::bank::{Bank, BankError};
use resilient_tests::polls::give_up_after;
use tokio::time::{Instant, sleep};

use super::client::{Client, LATE, open, reconciled, reconciler, secs};

#[resilient_runtime::test]
async fn a_charge_that_is_found_late_is_answered_and_never_sent_again() {
    let bank = Bank::new([LATE], false);
    let answer = Client(Arc::clone(&bank)).confirmed("17").await;
    assert_eq!(answer, Ok(1));
    assert_eq!((bank.charged("17"), bank.arrived()), (1, 1));
    let before = bank
        .asked()
        .iter()
        .filter(|(_, second)| *second < 10)
        .count();
    assert!(before >= 2, "{:?}", bank.asked());
    assert_eq!(open(), 0);
}

#[resilient_runtime::test]
async fn a_cancel_that_fences_is_final_at_once() {
    let bank = Bank::new([LATE], true);
    let started = Instant::now();
    let error = Client(Arc::clone(&bank)).fenced("17").await.unwrap_err();
    assert_eq!(error.rejected().kind(), Kind::Cancelled);
    assert_eq!(error.rejected().key(), Some("17"));
    assert!(started.elapsed() < secs(10), "{:?}", started.elapsed());
    assert_eq!(open(), 0);
    sleep(secs(60)).await;
    assert_eq!((bank.charged("17"), bank.most(), bank.arrived()), (0, 0, 1));
}

#[resilient_runtime::test]
async fn a_cancel_that_is_overtaken_is_sent_again_by_the_reconciler() {
    let bank = Bank::new([LATE], false);
    let started = Instant::now();
    let error = Client(Arc::clone(&bank)).overtaken("17").await.unwrap_err();
    assert_eq!(error.rejected().kind(), Kind::Unresolved);
    assert!(error.rejected().is_unknown());
    assert!(started.elapsed() <= secs(12), "{:?}", started.elapsed());
    assert_eq!(open(), 1);
    let round = reconciled(&bank, secs(60)).await;
    assert_eq!((round.cancelled, round.unresolved), (1, 0));
    sleep(secs(60)).await;
    assert_eq!((bank.charged("17"), bank.most(), bank.arrived()), (0, 1, 1));
}

#[resilient_runtime::test]
async fn a_caller_that_waits_sends_the_cancel_again_itself() {
    let bank = Bank::new([LATE], false);
    let error = Client(Arc::clone(&bank)).cancelled("17").await.unwrap_err();
    assert_eq!(error.rejected().kind(), Kind::Cancelled);
    assert_eq!(bank.asked(), [("cancel", 5), ("cancel", 15)]);
    sleep(secs(60)).await;
    assert_eq!((bank.charged("17"), bank.most(), open()), (0, 1, 0));
}

type Charge = for<'a> fn(
    &'a Client,
    &'a str,
) -> std::pin::Pin<Box<dyn Future<Output = Result<u32, BankError>> + 'a>>;

/// The count of the bank is at most 1 at every moment, the final one is what the records and the answer say, and no record is lost: given
/// up after so many polls, with the random numbers of this seed. False when the call was ready before.
fn dropped_after(polls: usize, seed: u64, charge: Charge, fences: bool) -> bool {
    testing::run(async {
        fastrand::seed(seed);
        let bank = Bank::new([LATE], fences);
        let client = Client(Arc::clone(&bank));
        let answer = give_up_after(polls, charge(&client, "17")).await;
        let at = format!("{polls} polls, seed {seed}: {answer:?}, {:?}", bank.asked());
        let left = open();
        let sent = bank.arrived();
        assert!(sent <= 1, "{at}");
        match &answer {
            None => assert!(left == 1 || sent == 0, "{at}: a dropped call is forgotten"),
            Some(Err(error)) if error.rejected().is_unknown() => assert_eq!(left, 1, "{at}"),
            Some(_) => assert_eq!(left, 0, "{at}"),
        }
        let round = reconciled(&bank, secs(120)).await;
        assert_eq!((round.unresolved, open()), (0, 0), "{at}");
        sleep(secs(60)).await;
        assert!(bank.most() <= 1, "{at}");
        let expected = match &answer {
            Some(Ok(_)) => 1,
            Some(Err(error)) if error.rejected().kind() == Kind::Cancelled => 0,
            _ => i32::try_from(round.succeeded).expect("one at most"),
        };
        assert_eq!(bank.charged("17"), expected, "{at}: {round:?}");
        answer.is_none()
    })
}

fn holds_at_every_point(charge: Charge, fences: bool) {
    let mut longest = 0;
    for seed in 0..20 {
        let points = (0..200).take_while(|polls| dropped_after(*polls, seed, charge, fences));
        longest = longest.max(points.count());
    }
    assert!(
        (4..200).contains(&longest),
        "it waits in more places: {longest}"
    );
}

#[test]
fn a_confirmed_charge_is_one_charge_wherever_its_caller_is_dropped() {
    holds_at_every_point(|client, order| Box::pin(client.confirmed(order)), false);
}

#[test]
fn a_fenced_charge_is_none_or_one_wherever_its_caller_is_dropped() {
    holds_at_every_point(|client, order| Box::pin(client.fenced(order)), true);
}

#[test]
fn an_overtaken_cancel_undoes_the_charge_wherever_its_caller_is_dropped() {
    holds_at_every_point(|client, order| Box::pin(client.overtaken(order)), false);
}

#[test]
fn a_charge_that_is_cancelled_unseen_is_none_or_one_wherever_its_caller_is_dropped() {
    holds_at_every_point(|client, order| Box::pin(client.cancelled(order)), false);
}

/// The same with a reconciler that looks every second while the call goes on, and a caller that leaves after so long.
async fn dropped_at(after: Duration, charge: Charge, fences: bool) -> bool {
    let bank = Bank::new([LATE], fences);
    let beside = reconciler(&bank).every(secs(1));
    let _beside = AbortOnDrop(tokio::spawn(
        Scope::current().run(async move { match beside.run().await {} }),
    ));
    let client = Client(Arc::clone(&bank));
    let answer = tokio::time::timeout(after, charge(&client, "17"))
        .await
        .ok();
    let at = format!("{after:?}: {answer:?}, {:?}", bank.asked());
    sleep(secs(180)).await;
    assert_eq!(open(), 0, "{at}: a record is forgotten");
    assert!(bank.most() <= 1 && bank.arrived() <= 1, "{at}");
    let counts = Scope::current().journal().counts();
    let expected = match &answer {
        Some(Ok(_)) => 1,
        Some(Err(error)) if error.rejected().kind() == Kind::Cancelled => 0,
        _ => i32::try_from(counts.succeeded).expect("one at most"),
    };
    assert_eq!(bank.charged("17"), expected, "{at}: {counts:?}");
    answer.is_none()
}

struct AbortOnDrop(tokio::task::JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[test]
fn beside_a_reconciler_it_is_one_charge_whenever_its_caller_leaves() {
    let charges: [(Charge, bool); 5] = [
        (|client, order| Box::pin(client.confirmed(order)), false),
        (|client, order| Box::pin(client.fenced(order)), true),
        (|client, order| Box::pin(client.overtaken(order)), false),
        (|client, order| Box::pin(client.cancelled(order)), false),
        (|client, order| Box::pin(client.cancelled(order)), true),
    ];
    for (charge, fences) in charges {
        let mut gone = 0;
        for nth in 0..80 {
            let after = Duration::from_millis(200 * nth + 1);
            let dropped = testing::run(async move {
                fastrand::seed(nth);
                dropped_at(after, charge, fences).await
            });
            gone += u32::from(dropped);
        }
        assert!(gone > 20, "they left too late: {gone}");
    }
}

/// That these tests can fail: with a time after which the bank still carries it out, it is charged twice.
#[resilient_runtime::test]
async fn a_charge_that_settles_later_than_was_said_is_charged_twice() {
    struct Wrong(Client);
    impl Wrong {
        #[resilient_runtime::read_only]
        async fn find(&self, key: &str) -> Result<Option<u32>, BankError> {
            self.0.find(key).await
        }
        #[resilient_runtime::non_idempotent]
        #[resilient_runtime::retry(not_sent, jitter(none))]
        #[resilient_runtime::on_unknown(key(order), confirm(Self::find), settles = "1s")]
        #[resilient_runtime::timeout(total = "60s", attempt = "5s")]
        async fn charge(&self, order: u32) -> Result<u32, BankError> {
            self.0.0.post(&order.to_string()).await
        }
    }
    let wrong = Wrong(Client(Bank::new([LATE], false)));
    let _believed = wrong.charge(17).await;
    sleep(secs(60)).await;
    assert_eq!(wrong.0.0.most(), 2, "{:?}", wrong.0.0.asked());
}
