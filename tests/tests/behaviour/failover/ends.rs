//! A caller that gives up, and a provider that panics.

use std::panic::AssertUnwindSafe;

use futures::FutureExt as _;
use resilient_runtime::registry::Live;
use resilient_runtime::{bulkhead, failover, non_idempotent, read_only, retry, testing, timeout};
use resilient_tests::look;
use resilient_tests::polls::give_up_after;
use resilient_tests::service::{BUSY, Error, NOT_SENT, OK, PANICS, Service, fails, ms};
use tokio::time::sleep;

#[read_only]
#[bulkhead("second-door", 1, wait = "1s", queue = 10)]
async fn look_elsewhere(_first: &Service, second: &Service) -> Result<u32, Error> {
    second.call().await
}

#[retry(read_only, attempts = 2, backoff(fixed, "50ms"), jitter(none))]
#[timeout(total = "2s", attempt = "500ms")]
#[bulkhead("first-door", 1, wait = "1s", queue = 10)]
#[failover(look_elsewhere)]
async fn look_up(first: &Service, _second: &Service) -> Result<u32, Error> {
    first.call().await
}

#[bulkhead("second-door", 1, wait = "1s", queue = 10)]
async fn hold(millis: u64) -> Result<(), Error> {
    sleep(ms(millis)).await;
    Ok(())
}

/// Gives up after so many polls; false when the call was ready before.
fn dropped_after(polls: usize) -> bool {
    testing::run(async {
        let (first, second) = (
            Service::new([fails(BUSY).after(ms(5))]),
            Service::new([OK.after(ms(5))]),
        );
        let in_the_way = tokio::spawn(async { hold(100).await });
        tokio::task::yield_now().await;
        let answer = give_up_after(polls, look_up(&first, &second)).await;
        in_the_way
            .await
            .expect("it does not panic")
            .expect("it was free");
        for door in look::listings("bulkhead", "-door") {
            let Live::Bulkhead(door) = door.live else {
                unreachable!("a bulkhead shows a bulkhead")
            };
            assert_eq!((door.in_flight, door.queued), (0, 0), "{polls} polls");
        }
        assert_eq!(
            (first.in_flight(), second.in_flight()),
            (0, 0),
            "{polls} polls"
        );
        answer.is_none()
    })
}

#[test]
fn gives_everything_back_at_every_point() {
    // Both attempts, the backoff between them, the queue of the second provider, its body, and the end.
    assert_eq!((0..50).take_while(|polls| dropped_after(*polls)).count(), 6);
}

async fn charge_and_hide(first: &Service, second: &Service) -> Result<u32, Error> {
    #[non_idempotent]
    async fn pay_elsewhere(_first: &Service, second: &Service) -> Result<u32, Error> {
        second.call().await
    }
    #[non_idempotent]
    #[failover(pay_elsewhere)]
    async fn pay(first: &Service, _second: &Service) -> Result<u32, Error> {
        first.call().await
    }
    pay(first, second).await
}

#[resilient_runtime::test]
async fn a_provider_that_was_dropped_while_it_paid_is_not_called_again() {
    #[retry(idempotent, attempts = 3, budget(none))]
    async fn repeated(first: &Service, second: &Service) -> Result<u32, Error> {
        let _ = tokio::time::timeout(ms(100), charge_and_hide(first, second)).await;
        Err(Error::answered(BUSY, 0))
    }
    let (first, second) = (
        Service::new([fails(NOT_SENT)]),
        Service::new([OK.after(ms(500))]),
    );
    assert!(repeated(&first, &second).await.is_err());
    assert_eq!((first.calls(), second.unfinished()), (1, 1));
}

#[resilient_runtime::test]
async fn a_panic_of_a_provider_reaches_the_caller_and_leaves_the_payment_begun() {
    #[retry(idempotent, attempts = 3, budget(none))]
    async fn repeated(first: &Service, second: &Service) -> Result<u32, Error> {
        let caught = AssertUnwindSafe(charge_and_hide(first, second))
            .catch_unwind()
            .await;
        assert!(caught.is_err(), "it panics");
        Err(Error::answered(BUSY, 0))
    }
    let (first, second) = (Service::new([fails(NOT_SENT)]), Service::new([PANICS]));
    assert!(repeated(&first, &second).await.is_err());
    assert_eq!((first.calls(), second.calls()), (1, 1));
}

#[resilient_runtime::test]
async fn a_panic_of_a_provider_leaves_no_trace_for_the_next_call() {
    let (first, second) = (Service::new([fails(NOT_SENT)]), Service::new([PANICS, OK]));
    let caught = AssertUnwindSafe(look_up(&first, &second))
        .catch_unwind()
        .await;
    assert!(caught.is_err());
    assert_eq!(look::bulkhead("second-door").in_flight, 0);
    assert_eq!(look_up(&first, &second).await, Ok(2));
}
