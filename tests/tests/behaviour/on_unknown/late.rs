//! The bank carries a charge out 10 s after it arrived, the client gives up at 5 s, and looks before that in vain.

use std::sync::Arc;

use resilient_runtime::rejected::Kind;
use resilient_runtime::testing;
use resilient_tests::bank::{Bank, BankError};
use resilient_tests::polls::give_up_after;
use tokio::time::{Instant, sleep};

use super::client::{Client, LATE, open, reconciled, secs};

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
        (8..200).contains(&longest),
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
