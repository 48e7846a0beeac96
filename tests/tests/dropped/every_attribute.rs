//! Every combination of the attributes of a read, dropped after every number of polls until it is ready.
//!
//! The call waits wherever it can: for a token, in the queue, in the body of both lanes, in the backoff, at the next provider and in
//! the fallback.

use resilient_runtime::{
    breaker, bulkhead, failover, fallback, hedge, rate_limit, read_only, retry, testing, timeout,
};
use resilient_tests::polls::give_up_after;
use resilient_tests::service::{BUSY, Error, LOST, OK, Service, Step, fails, ms};
use tokio::time::sleep;

use crate::left::assert_nothing_is_held;

/// The three who may be asked, in turn.
struct Shop {
    first: Service,
    second: Service,
    third: Service,
}

impl Shop {
    fn new<const N: usize>(first: [Step; N]) -> Self {
        Self {
            first: Service::new(first),
            second: Service::new([fails(BUSY).after(ms(5))]),
            third: Service::new([OK.after(ms(5))]),
        }
    }

    fn in_flight(&self) -> u32 {
        self.first.in_flight() + self.second.in_flight() + self.third.in_flight()
    }
}

#[read_only]
async fn elsewhere(shop: &Shop) -> Result<u32, Error> {
    shop.second.call().await
}

#[read_only]
async fn stored(shop: &Shop) -> Result<u32, Error> {
    shop.third.call().await
}

/// Takes a token and a permit, so that the call under test has to wait for both.
#[rate_limit("points", "20/s", burst = 1, wait = "700ms")]
#[bulkhead("points", adaptive, min = 1, max = 2, wait = "700ms", queue = 10)]
async fn hold(millis: u64) -> Result<(), Error> {
    sleep(ms(millis)).await;
    Ok(())
}

async fn be_in_the_way() {
    let _ = tokio::join!(hold(120), hold(80));
}

macro_rules! combinations {
    (@ [$($attributes:tt)*];) => {
        #[read_only]
        $($attributes)*
        async fn call(shop: &Shop) -> Result<u32, Error> {
            shop.first.call().await
        }

        async fn given_up_after<const N: usize>(polls: usize, first: [Step; N]) -> bool {
            let (shop, at) = (Shop::new(first), format!("{first:?}, {polls} polls"));
            let in_the_way = tokio::spawn(be_in_the_way());
            tokio::task::yield_now().await;
            let answer = give_up_after(polls, call(&shop)).await;
            in_the_way.await.expect("it does not panic");
            assert_eq!(shop.in_flight(), 0, "{at}");
            assert_nothing_is_held(Some(shop.first.calls().saturating_sub(1)), &at);
            sleep(ms(10_000)).await;
            assert_eq!(call(&Shop::new([OK])).await, Ok(1), "{at}: the next call passes");
            answer.is_none()
        }

        async fn probe_given_up_after(polls: usize) -> bool {
            let at = format!("probe, {polls} polls");
            let _ = call(&Shop::new([fails(LOST)])).await;
            sleep(ms(10_000)).await;
            let shop = Shop::new([OK.after(ms(5))]);
            let answer = give_up_after(polls, call(&shop)).await;
            assert_eq!(shop.in_flight(), 0, "{at}");
            assert_nothing_is_held(None, &at);
            sleep(ms(10_000)).await;
            assert_eq!(call(&Shop::new([OK])).await, Ok(1), "{at}: the next call may probe");
            answer.is_none()
        }

        #[test]
        fn gives_everything_back_at_every_point() {
            let count = |gives_up: &dyn Fn(usize) -> bool| {
                (0..200).take_while(|polls| gives_up(*polls)).count()
            };
            let busy = fails(BUSY).after(ms(5));
            let waits = 2
                + usize::from(stringify!($($attributes)*).contains("rate_limit"))
                + usize::from(stringify!($($attributes)*).contains("failover"))
                + usize::from(stringify!($($attributes)*).contains("fallback"));
            let all = count(&|polls| testing::run(given_up_after(polls, [busy])));
            assert!((waits..200).contains(&all), "it waits in {waits} places: {all}");
            let some = count(&|polls| testing::run(given_up_after(polls, [busy, OK.after(ms(5))])));
            assert!((2..200).contains(&some), "{some}");
            let probes = count(&|polls| testing::run(probe_given_up_after(polls)));
            assert!((2..200).contains(&probes), "{probes}");
        }
    };
    (@ [$($attributes:tt)*]; $with:ident | $without:ident: [$($more:tt)*] $(or [$($other:tt)*])?; $($rest:tt)*) => {
        mod $with {
            use super::*;
            combinations!(@ [$($attributes)* $($more)*]; $($rest)*);
        }
        mod $without {
            use super::*;
            combinations!(@ [$($attributes)* $($($other)*)?]; $($rest)*);
        }
    };
}

combinations! {
    @ [];
    retried | once:
        [#[retry(backoff(fixed, "50ms"), jitter(none))] #[timeout(total = "2s", attempt = "300ms")]]
        or [#[timeout("2s")]];
    with_breaker | without_breaker: [#[breaker(consecutive = 1)]];
    with_rate_limit | without_rate_limit: [#[rate_limit("points", "20/s", burst = 1, wait = "700ms")]];
    with_bulkhead | without_bulkhead: [#[bulkhead("points", adaptive, min = 1, max = 2, wait = "700ms", queue = 10)]];
    with_hedge | without_hedge: [#[hedge(after = "2ms")]];
    with_failover | without_failover: [#[failover(elsewhere)]];
    with_fallback | without_fallback: [#[fallback(stored)]];
}
