//! `detach`: the call goes on when its caller is gone.

use std::sync::Arc;

use resilient_runtime::rejected::Kind;
use resilient_runtime::{Scope, non_idempotent, on_unknown, read_only, retry, timeout};
use resilient_tests::bank::{Bank, BankError, Does};
use resilient_tests::polls::give_up_after;
use tokio::time::{Instant, sleep};

use super::client::{LATE, secs};

struct Shop(Arc<Bank>);

impl Shop {
    #[read_only]
    async fn find(&self, key: &str) -> Result<Option<u32>, BankError> {
        self.0.look_up(key).await
    }

    #[non_idempotent]
    #[on_unknown(key(order), confirm(Self::find), settles = "10s", detach)]
    #[timeout(total = "30s", attempt = "5s")]
    async fn charge(self: Arc<Self>, order: String) -> Result<u32, BankError> {
        self.0.post(&order).await
    }
}

fn shop(does: Does) -> Arc<Shop> {
    Arc::new(Shop(Bank::new([does], false)))
}

#[resilient_runtime::test]
async fn a_detached_call_records_its_answer_without_its_caller() {
    let shop = shop(Does::After(secs(1)));
    let gone = give_up_after(1, Arc::clone(&shop).charge("17".into())).await;
    assert!(gone.is_none());
    let scope = Scope::current();
    sleep(secs(2)).await;
    assert_eq!(
        (shop.0.charged("17"), scope.journal().records().len()),
        (1, 0)
    );
    assert_eq!(scope.journal().counts().succeeded, 1);
}

#[resilient_runtime::test]
async fn a_detached_call_goes_on_asking_without_its_caller() {
    let shop = shop(LATE);
    let call = Arc::clone(&shop).charge("17".into());
    assert!(tokio::time::timeout(secs(6), call).await.is_err());
    sleep(secs(30)).await;
    let counts = Scope::current().journal().counts();
    assert_eq!(
        (counts.succeeded, counts.unresolved, shop.0.arrived()),
        (1, 0, 1)
    );
}

/// Whether its caller leaves before the first poll, in the middle of the body, or between two questions: from the first poll on the
/// task finds out alone.
#[test]
fn a_detached_call_ends_alone_wherever_its_caller_is_dropped() {
    let (mut gone, mut waited) = (0, 0);
    for does in [Does::After(secs(1)), LATE, Does::AnswerLost, Does::Loses] {
        for after in 0..160 {
            resilient_runtime::testing::run(async {
                fastrand::seed(after);
                let shop = shop(does);
                let call = Arc::clone(&shop).charge("17".into());
                let work = async {
                    if after == 0 {
                        drop(call);
                        return None;
                    }
                    // Polled once at least: only then there is a task to go on.
                    let wait = std::time::Duration::from_millis(200 * (after - 1));
                    tokio::time::timeout(wait, call).await.ok()
                };
                let answer = work.await;
                let case = format!("{does:?}, given up after {after}: {answer:?}");
                let started = u32::from(after > 0);
                sleep(secs(60)).await;
                let counts = Scope::current().journal().counts();
                let expected = match does {
                    Does::Loses => (0, u64::from(started)),
                    _ => (u64::from(started), 0),
                };
                assert_eq!(
                    (counts.succeeded, counts.not_carried_out),
                    expected,
                    "{case}"
                );
                assert_eq!((counts.in_flight, counts.unresolved), (0, 0), "{case}");
                assert_eq!(shop.0.arrived(), started, "{case}");
                let charged = i32::try_from(counts.succeeded).expect("one at most");
                assert_eq!(shop.0.charged("17"), charged, "{case}");
                match answer {
                    None => gone += 1,
                    Some(answer) => {
                        waited += 1;
                        assert_eq!(answer.is_ok(), charged == 1, "{case}");
                    }
                }
            });
        }
    }
    assert!(gone > 50 && waited > 50, "{gone} {waited}");
}

/// The same by polls instead of time: dropped behind each of the first polls of the handle.
#[test]
fn a_detached_call_ends_alone_behind_every_poll_of_its_caller() {
    for polls in 1..4 {
        resilient_runtime::testing::run(async {
            let shop = shop(LATE);
            let answer = give_up_after(polls, Arc::clone(&shop).charge("17".into())).await;
            sleep(secs(60)).await;
            let counts = Scope::current().journal().counts();
            assert_eq!((counts.succeeded, counts.unresolved), (1, 0), "{polls}");
            assert_eq!((shop.0.arrived(), shop.0.charged("17")), (1, 1));
            assert!(answer.is_none_or(|answer| answer == Ok(1)));
        });
    }
}

#[resilient_runtime::test]
async fn whoever_waits_gets_the_answer_and_the_time_limit_holds() {
    let late = shop(LATE);
    assert_eq!(Arc::clone(&late).charge("17".into()).await, Ok(1));
    let lost = shop(Does::Loses);
    lost.0
        .deaf
        .store(true, std::sync::atomic::Ordering::Relaxed);
    let started = Instant::now();
    let error = Arc::clone(&lost).charge("17".into()).await.unwrap_err();
    assert_eq!(error.rejected().kind(), Kind::Unresolved);
    assert!(started.elapsed() <= secs(30));
}

#[resilient_runtime::test]
async fn a_detached_call_that_was_not_sent_says_so_to_the_retry_around_it() {
    #[retry(not_sent, jitter(none), budget(none))]
    async fn order(shop: &Arc<Shop>) -> Result<u32, BankError> {
        Arc::clone(shop).charge("17".into()).await
    }
    let shop = Arc::new(Shop(Bank::new(
        [
            Does::Refuses(resilient_runtime::Failure::NotSent),
            Does::After(secs(1)),
        ],
        false,
    )));
    assert_eq!(order(&shop).await, Ok(1));
    assert_eq!(shop.0.arrived(), 2);
}

#[resilient_runtime::test]
async fn a_panic_reaches_the_caller_and_leaves_the_record_open() {
    #[read_only]
    async fn find(_key: &str) -> Result<Option<u32>, BankError> {
        Ok(None)
    }
    #[non_idempotent]
    #[on_unknown(key(order), confirm(find), settles = "10s", detach)]
    async fn charge(order: u32) -> Result<u32, BankError> {
        panic!("the body of {order} panics")
    }
    let call = tokio::spawn(Scope::current().run(charge(17)));
    assert!(call.await.unwrap_err().is_panic());
    assert_eq!(Scope::current().journal().counts().unresolved, 1);
}
