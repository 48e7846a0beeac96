//! Callers that give up, and lanes that panic.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use resilient_runtime::breaker::Phase;
use resilient_runtime::{breaker, bulkhead, hedge, read_only, registry, testing, timeout};
use resilient_tests::events::Events;
use resilient_tests::look;
use resilient_tests::polls::give_up_after;
use resilient_tests::service::{Error, HANGS, OK, PANICS, Service, Step, ms};

#[hedge(after = "80ms", max = 2)]
#[timeout(total = "2s", attempt = "500ms")]
#[breaker("left", min_calls = 4, consecutive = 50)]
#[bulkhead("left", 3)]
#[read_only]
async fn call(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[hedge(after = "80ms")]
#[read_only]
async fn alone(service: &Service) -> Result<u32, Error> {
    service.call().await
}

/// Gives up after so many polls, and looks at what is left. False when the call was ready before.
fn dropped_after(polls: usize, script: [Step; 3]) -> bool {
    testing::run(async {
        let service = Service::new(script);
        let answer = give_up_after(polls, call(&service)).await;
        assert_eq!(service.in_flight(), 0, "{polls} polls");
        if !look::listings("bulkhead", "left").is_empty() {
            assert_eq!(look::bulkhead("left").in_flight, 0, "{polls} polls");
            let sent = look::hedge("::call@").sent;
            assert_eq!(sent, u64::from(service.calls() - 1), "{polls} polls");
            if sent > 0 {
                assert_eq!(look::budget("::call@").repeats, sent, "{polls} polls");
            }
        }
        let service = Service::new(script);
        let _ = give_up_after(polls, alone(&service)).await;
        assert_eq!(service.in_flight(), 0, "{polls} polls");
        assert_eq!(
            call(&Service::new([OK])).await,
            Ok(1),
            "{polls} polls: the next call passes"
        );
        answer.is_none()
    })
}

#[test]
fn a_caller_may_leave_at_every_point() {
    for script in [
        [OK.after(ms(300)), OK.after(ms(300)), OK.after(ms(10))],
        [HANGS, OK.after(ms(10)), OK],
        [OK.after(ms(5)), OK, OK],
    ] {
        let mut polls = 0;
        while dropped_after(polls, script) {
            polls += 1;
            assert!(polls < 50, "it never ends");
        }
        assert!(polls > 1, "{script:?}");
    }
}

#[resilient_runtime::test]
async fn all_lanes_of_a_caller_that_left_are_dropped_calls() {
    let events = Events::record();
    for _ in 0..2 {
        let service = Service::new([HANGS]);
        let call = tokio::time::timeout(ms(100), call(&service));
        assert!(call.await.is_err());
        assert_eq!((service.calls(), service.in_flight()), (2, 0));
    }
    assert_eq!(events.with("was dropped before it ended").len(), 4);
    let seen = look::breaker("left");
    assert_eq!(
        seen.phase,
        Phase::Open,
        "four dropped, none finished: {seen:?}"
    );
}

#[resilient_runtime::test]
async fn a_panic_in_a_lane_ends_the_call_and_the_other_lane_did_nothing_wrong() {
    for script in [
        [PANICS.after(ms(100)), HANGS],
        [HANGS, PANICS.after(ms(20))],
        [HANGS, PANICS],
    ] {
        registry().reset("behaviour/left").unwrap_or_default();
        let service = Service::new(script);
        let panicked = AssertUnwindSafe(call(&service)).catch_unwind().await;
        assert!(panicked.is_err());
        assert_eq!((service.calls(), service.in_flight()), (2, 0));
        let seen = look::breaker("left");
        assert_eq!((seen.calls, seen.failures), (1, 1), "{script:?}");
        assert_eq!(look::bulkhead("left").in_flight, 0);
    }
}

#[resilient_runtime::test]
async fn a_call_may_leave_the_task_that_polled_it_first() {
    let service = std::sync::Arc::new(Service::new([HANGS, OK.after(ms(10))]));
    let shared = std::sync::Arc::clone(&service);
    let mut future = Box::pin(async move { call(&shared).await });
    assert!(futures::poll!(&mut future).is_pending());
    assert_eq!(tokio::spawn(future).await.unwrap(), Ok(2));
}
