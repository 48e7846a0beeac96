//! Every combination of the attributes of a charge whose outcome may become unknown, dropped at every point: no record is lost, no
//! charge is made twice, and nothing is held.

use std::sync::Arc;

use resilient_runtime::on_unknown::{Reconciler, Resolver};
use resilient_runtime::{
    Scope, breaker, bulkhead, failover, fallback, non_idempotent, on_unknown, rate_limit,
    read_only, retry, testing, timeout,
};
use resilient_tests::bank::{Bank, BankError, Does};
use resilient_tests::polls::give_up_after;
use resilient_tests::service::ms;
use tokio::time::sleep;

use crate::left::assert_nothing_is_held;

struct Banks {
    first: Arc<Bank>,
    second: Arc<Bank>,
}

impl Banks {
    fn charged(&self) -> i32 {
        self.first.charged("17") + self.second.charged("17")
    }
}

/// Takes the token and the permit that the call under test waits for.
#[rate_limit("charges", "1/s", burst = 1, wait = "5s")]
#[bulkhead("charges", 1, wait = "5s", queue = 10)]
async fn hold() -> Result<(), BankError> {
    sleep(ms(1_500)).await;
    Ok(())
}

macro_rules! combinations {
    (@ [$($attributes:tt)*];) => {
        struct Shop(Banks);

        impl Shop {
            #[read_only]
            async fn find(&self, key: &str) -> Result<Option<u32>, BankError> {
                self.0.first.look_up(key).await
            }

            #[allow(dead_code, reason = "half of the combinations ask nobody else")]
            #[non_idempotent]
            async fn other(&self, order: &str) -> Result<u32, BankError> {
                self.0.second.post(order).await
            }

            #[non_idempotent]
            #[on_unknown(key(order), confirm(Self::find), settles = "10s")]
            #[timeout(total = "60s", attempt = "5s")]
            $($attributes)*
            async fn charge(&self, order: &str) -> Result<u32, BankError> {
                self.0.first.post(order).await
            }
        }

        async fn given_up_after(polls: usize, seed: u64, does: [Does; 2]) -> bool {
            fastrand::seed(seed);
            let shop = Arc::new(Shop(Banks {
                first: Bank::new(does, false),
                second: Bank::new([Does::After(ms(1_000))], false),
            }));
            let in_the_way = tokio::spawn(hold());
            tokio::task::yield_now().await;
            let answer = give_up_after(polls, shop.charge("17")).await;
            let at = format!("{does:?}, seed {seed}, {polls} polls: {answer:?}");
            in_the_way.await.expect("it does not panic").expect("it was first");
            assert_nothing_is_held(None, &at);
            let open = Scope::current().journal().records().len();
            if answer.is_some() {
                assert!(matches!(answer, Some(Ok(1))), "{at}");
                assert_eq!(open, 0, "{at}");
            } else {
                assert!(open == 1 || shop.0.first.arrived() == 0 || shop.0.second.arrived() == 1, "{at}: forgotten");
            }
            let resolver = Resolver::of(Arc::clone(&shop)).confirm(Shop::find);
            let reconciler = Reconciler::new().call(format!("{}::charge", module_path!()), resolver);
            for _ in 0..60 {
                reconciler.round().await.expect("memory does not fail");
                sleep(ms(1_000)).await;
            }
            assert!(Scope::current().journal().records().is_empty(), "{at}: somebody still holds it");
            assert!(shop.0.charged() <= 1, "{at}: charged twice");
            assert!(answer.is_none() || shop.0.charged() == 1, "{at}");
            assert_eq!(shop.charge("18").await, Ok(1), "{at}: the next call passes");
            answer.is_none()
        }

        #[test]
        fn no_record_is_lost_at_any_point() {
            for does in [[Does::After(ms(10_000)); 2], [Does::AnswerLost; 2]] {
                for seed in 0..3 {
                    let points = (0..200).take_while(|polls| testing::run(given_up_after(*polls, seed, does))).count();
                    assert!((2..200).contains(&points), "{does:?}: {points}");
                }
            }
        }
    };
    (@ [$($attributes:tt)*]; $with:ident | $without:ident: [$($more:tt)*]; $($rest:tt)*) => {
        mod $with {
            use super::*;
            combinations!(@ [$($attributes)* $($more)*]; $($rest)*);
        }
        mod $without {
            use super::*;
            combinations!(@ [$($attributes)*]; $($rest)*);
        }
    };
}

combinations! {
    @ [];
    retried | once: [#[retry(not_sent, jitter(none))]];
    with_breaker | without_breaker: [#[breaker(consecutive = 10)]];
    with_rate_limit | without_rate_limit: [#[rate_limit("charges", "1/s", burst = 1, wait = "5s")]];
    with_bulkhead | without_bulkhead: [#[bulkhead("charges", 1, wait = "5s", queue = 10)]];
    with_failover | without_failover: [#[failover(Self::other)]];
    with_fallback | without_fallback: [#[fallback(Self::other)]];
}
