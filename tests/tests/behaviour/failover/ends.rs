//! A caller that gives up, and a provider that panics.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};

use futures::FutureExt as _;
use resilient_runtime::event::Event;
use resilient_runtime::registry::Live;
use resilient_runtime::{
    Failure, Scope, bulkhead, failover, non_idempotent, read_only, retry, testing, timeout,
};
use resilient_tests::look;
use resilient_tests::polls::give_up_after;
use resilient_tests::service::{
    BUSY, DECLINED, Error, HANGS, NOT_SENT, OK, PANICS, Service, Step, fails, ms,
};
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

/// How often the call ended, and how, by its events.
async fn endings(first: Failure, second: Step, given_up_after: usize) -> Vec<String> {
    let events = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&events);
    Scope::current().observe(move |event| {
        if let Event::CallFinished { call, end, .. } = event
            && call.ends_with("look_up")
        {
            let mut ends = into.lock().expect("nobody panics with it");
            ends.push(end.to_string());
        }
    });
    let (first, second) = (Service::new([fails(first)]), Service::new([second]));
    give_up_after(given_up_after, look_up(&first, &second)).await;
    std::mem::take(&mut *events.lock().expect("nobody panics with it"))
}

#[resilient_runtime::test]
async fn a_call_ends_once_and_with_the_answer_its_caller_gets() {
    assert_eq!(endings(NOT_SENT, OK, 50).await, ["succeeded"]);
    assert_eq!(
        endings(NOT_SENT, fails(BUSY), 50).await,
        ["failed (Transient { retry_after: None })"]
    );
    assert_eq!(endings(DECLINED, OK, 50).await, ["failed (Permanent)"]);
    assert_eq!(
        endings(NOT_SENT, HANGS, 2).await,
        ["was dropped before it ended"]
    );
}
