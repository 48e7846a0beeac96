//! A success is told only where nobody cancels it afterwards.

use std::time::Duration;

use resilient_runtime::on_unknown::Outcome;
use resilient_runtime::rejected::Kind;
use resilient_tests::bank::Does;
use resilient_tests::events::Events;
use resilient_tests::polls::give_up_after;
use tokio::time::{Instant, sleep};

use super::super::client::secs;
use super::Shop;

#[resilient_runtime::test]
async fn a_success_that_would_be_cancelled_waits_until_it_is_written() {
    let shop = Shop::new(Does::After(secs(1)), false);
    let (events, started) = (Events::record(), Instant::now());
    shop.journal.down(secs(1), secs(2));
    assert_eq!(shop.limited("17").await, Ok(1));
    assert!(started.elapsed() > secs(2), "it was told only then");
    assert!(!events.with("that it was carried out").is_empty());
    assert_eq!(shop.journal.kept.counts().succeeded, 1);
    let round = shop.reconciler().round().await.unwrap();
    assert_eq!((round.cancelled, shop.bank.charged("17")), (0, 1));
}

#[resilient_runtime::test]
async fn a_success_that_cannot_be_written_is_told_to_nobody_and_cancelled() {
    let shop = Shop::new(Does::After(secs(1)), false);
    let started = Instant::now();
    shop.journal.down(secs(1), secs(600));
    let error = shop.limited("17").await.unwrap_err();
    assert_eq!(error.rejected().kind(), Kind::Unresolved);
    assert_eq!(error.rejected().key(), Some("17"));
    assert!(started.elapsed() <= secs(20), "{:?}", started.elapsed());
    sleep(secs(600)).await;
    let round = shop.reconciler().round().await.unwrap();
    assert_eq!((round.cancelled, shop.bank.charged("17")), (1, 0));
}

/// Where the service can be asked nothing is held back: the reconciler will find what the caller was told.
#[resilient_runtime::test]
async fn a_success_that_would_be_found_is_told_at_once() {
    let shop = Shop::new(Does::After(secs(1)), false);
    let started = Instant::now();
    shop.journal.down(secs(1), secs(600));
    assert_eq!(shop.found("17").await, Ok(1));
    assert!(started.elapsed() < secs(2));
    sleep(secs(600)).await;
    let round = shop.reconciler().round().await.unwrap();
    assert_eq!((round.succeeded, shop.bank.charged("17")), (1, 1));
}

#[resilient_runtime::test]
async fn a_success_of_a_record_that_was_closed_otherwise_is_told_to_nobody() {
    let shop = Shop::new(Does::After(secs(1)), false);
    let by_hand = async {
        sleep(Duration::from_millis(500)).await;
        let record = shop.journal.kept.records().remove(0);
        shop.journal.kept.close(record.id, Outcome::Cancelled)
    };
    let (answer, closed) = tokio::join!(shop.limited("17"), by_hand);
    assert!(closed);
    assert_eq!(answer.unwrap_err().rejected().kind(), Kind::Unresolved);
}

/// Whatever the journal does and whenever the caller goes: what was told is what stays true.
#[test]
fn a_success_that_was_told_is_never_cancelled() {
    let (mut told, mut withheld, mut dropped) = (0, 0, 0);
    let tenths = |tenths: u64| Duration::from_millis(100 * tenths);
    for from in 0..15 {
        for long in [1, 5, 30, 120, 600] {
            for polls in 0..12 {
                let seed = from * 100 + long + polls;
                resilient_runtime::testing::run(async {
                    fastrand::seed(seed);
                    let shop = Shop::new(Does::After(secs(1)), false);
                    shop.journal.down(tenths(from), tenths(from + long));
                    let polls = usize::try_from(polls).expect("few") * 2;
                    let answer = give_up_after(polls, shop.limited("17")).await;
                    sleep(secs(90)).await;
                    let round = shop.reconciler().round().await.unwrap();
                    let case = format!("down {from}+{long}, {polls} polls: {answer:?}, {round:?}");
                    assert_eq!(round.unresolved, 0, "{case}");
                    assert!(shop.journal.kept.records().is_empty(), "{case}");
                    match answer {
                        Some(Ok(_)) => {
                            told += 1;
                            assert_eq!(shop.bank.charged("17"), 1, "{case}");
                        }
                        Some(Err(_)) => {
                            withheld += 1;
                            assert_eq!(shop.bank.charged("17"), 0, "{case}");
                        }
                        None => dropped += 1,
                    }
                });
            }
        }
    }
    assert!(
        told > 100 && withheld > 100 && dropped > 100,
        "{told} {withheld} {dropped}"
    );
}
