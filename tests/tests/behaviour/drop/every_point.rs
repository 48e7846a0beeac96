//! Every combination of the four policies, dropped after every number of polls until it is ready.
//!
//! The call under test waits wherever it can: in the bulkhead's queue before both attempts, in the body of both,
//! in the backoff between them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use resilient_runtime::breaker::Phase;
use resilient_runtime::event::Event;
use resilient_runtime::{Scope, breaker, bulkhead, idempotent, retry, testing, timeout};
use resilient_tests::look;
use resilient_tests::polls::give_up_after;
use resilient_tests::service::{BUSY, Error, LOST, OK, Service, fails, ms};
use tokio::time::sleep;

/// What the combination has.
#[derive(Clone, Copy)]
struct Has {
    retry: bool,
    breaker: bool,
    bulkhead: bool,
}

/// Takes the one permit of the bulkhead for a while.
#[bulkhead("dropped", 1, wait = "1s", queue = 10)]
async fn hold(millis: u64) -> Result<(), Error> {
    sleep(ms(millis)).await;
    Ok(())
}

/// Keeps the permit at the times at which the call under test wants it.
async fn be_in_the_way() {
    let _ = hold(3).await;
    // The first attempt is over at 8, and the backoff at 58 or 55.
    sleep(ms(45)).await;
    let _ = hold(30).await;
}

fn ends() -> Arc<AtomicU32> {
    let ends = Arc::new(AtomicU32::new(0));
    let into = Arc::clone(&ends);
    Scope::current().observe(move |event| {
        if let Event::AttemptFinished { .. } = event {
            into.fetch_add(1, Ordering::Relaxed);
        }
    });
    ends
}

/// Nothing is held, nothing was paid for that was not sent, and every attempt that was sent was reported once.
fn assert_all_is_back(has: Has, service: &Service, answered: bool, ends: u32, at: &str) {
    if has.bulkhead {
        let bulkhead = look::bulkhead("dropped");
        assert_eq!((bulkhead.in_flight, bulkhead.queued), (0, 0), "{at}");
    }
    for breaker in look::listings("breaker", "") {
        let resilient_runtime::registry::Live::Breaker(breaker) = breaker.live else {
            unreachable!()
        };
        assert_eq!(breaker.probes, 0, "{at}");
    }
    for budget in look::listings("budget", "") {
        let resilient_runtime::registry::Live::Budget(budget) = budget.live else {
            unreachable!()
        };
        let repeats = service.calls().saturating_sub(1);
        let earned = if answered { 0.2 } else { 0.0 };
        let expected = (5.0 - f64::from(repeats) + earned).min(5.0);
        assert!(
            (budget.tokens - expected).abs() < 1e-9,
            "{at}: {} instead of {expected}",
            budget.tokens
        );
        assert_eq!(budget.repeats, u64::from(repeats), "{at}");
    }
    assert_eq!((service.in_flight(), ends), (0, service.calls()), "{at}");
}

macro_rules! combinations {
    ($($name:ident $has:expr, $points:literal: $(#[$policy:ident $arguments:tt])*;)+) => {
        $(mod $name {
            use super::*;

            #[idempotent]
            $(#[$policy $arguments])*
            async fn call(service: &Service) -> Result<u32, Error> {
                service.call().await
            }

            /// Gives up after so many polls; false when the call was ready before.
            fn dropped_after(polls: usize) -> bool {
                testing::run(async {
                    let ends = ends();
                    let (service, at) = (Service::new([fails(BUSY).after(ms(5)), OK.after(ms(5))]), format!("{polls} polls"));
                    let call = async {
                        // Behind the first one in the way.
                        tokio::task::yield_now().await;
                        give_up_after(polls, call(&service)).await
                    };
                    let in_the_way = tokio::spawn(be_in_the_way());
                    let answer = call.await;
                    in_the_way.await.expect("it does not panic");
                    let answered = answer.as_ref().is_some_and(Result::is_ok);
                    let reported = if $has.retry || $has.bulkhead || $has.breaker || stringify!($name) == "timeout_alone" {
                        // Those in the way are calls, too.
                        ends.load(Ordering::Relaxed) - 2
                    } else {
                        service.calls()
                    };
                    assert_all_is_back($has, &service, answered, reported, &at);
                    assert_eq!(call_once().await, Ok(1), "{at}: the next call passes");
                    answer.is_none()
                })
            }

            /// The same for the probe of a half-open breaker.
            fn probe_dropped_after(polls: usize) -> bool {
                testing::run(async {
                    let _ = call(&Service::new([fails(LOST)])).await;
                    assert_eq!(look::breaker("").phase, Phase::Open);
                    sleep(ms(10_000)).await;
                    let service = Service::new([OK.after(ms(5))]);
                    let call = async {
                        tokio::task::yield_now().await;
                        give_up_after(polls, call(&service)).await
                    };
                    let in_the_way = tokio::spawn(be_in_the_way());
                    let answer = call.await;
                    in_the_way.await.expect("it does not panic");
                    assert_eq!(look::breaker("").probes, 0, "{polls} polls");
                    assert_eq!(call_once().await, Ok(1), "{polls} polls: the next call may probe");
                    assert_eq!(look::breaker("").phase, Phase::Closed, "{polls} polls");
                    answer.is_none()
                })
            }

            async fn call_once() -> Result<u32, Error> {
                call(&Service::new([OK])).await
            }

            #[test]
            fn gives_everything_back_at_every_point() {
                let points = (0..50).take_while(|polls| dropped_after(*polls)).count();
                assert_eq!(points, $points, "polls until it is ready");
                if $has.breaker {
                    assert!((0..50).take_while(|polls| probe_dropped_after(*polls)).count() >= 2);
                }
            }
        })+
    };
}

const fn has(retry: bool, breaker: bool, bulkhead: bool) -> Has {
    Has {
        retry,
        breaker,
        bulkhead,
    }
}

// The number is that of the polls until it is ready: one for each place it waits in, and the last.
combinations! {
    nothing has(false, false, false), 2:;
    timeout_alone has(false, false, false), 2: #[timeout("900ms")];
    breaker_alone has(false, true, false), 2: #[breaker(consecutive = 1)];
    bulkhead_alone has(false, false, true), 3: #[bulkhead("dropped", 1, wait = "500ms", queue = 10)];
    timeout_breaker has(false, true, false), 2: #[timeout("900ms")] #[breaker(consecutive = 1)];
    timeout_bulkhead has(false, false, true), 3: #[timeout("900ms")] #[bulkhead("dropped", 1, wait = "500ms", queue = 10)];
    breaker_bulkhead has(false, true, true), 3: #[breaker(consecutive = 1)] #[bulkhead("dropped", 1, wait = "500ms", queue = 10)];
    timeout_breaker_bulkhead has(false, true, true), 3:
        #[timeout("900ms")] #[breaker(consecutive = 1)] #[bulkhead("dropped", 1, wait = "500ms", queue = 10)];
    retry_alone has(true, false, false), 4: #[retry(idempotent, backoff(fixed, "50ms"), jitter(none))];
    retry_timeout has(true, false, false), 4:
        #[retry(idempotent, backoff(fixed, "50ms"), jitter(none))] #[timeout(total = "900ms", attempt = "300ms")];
    retry_breaker has(true, true, false), 4:
        #[retry(idempotent, backoff(fixed, "50ms"), jitter(none))] #[breaker(consecutive = 1)];
    retry_bulkhead has(true, false, true), 6:
        #[retry(idempotent, backoff(fixed, "50ms"), jitter(none))] #[bulkhead("dropped", 1, wait = "500ms", queue = 10)];
    retry_timeout_breaker has(true, true, false), 4:
        #[retry(idempotent, backoff(fixed, "50ms"), jitter(none))] #[timeout(total = "900ms", attempt = "300ms")]
        #[breaker(consecutive = 1)];
    retry_timeout_bulkhead has(true, false, true), 6:
        #[retry(idempotent, backoff(fixed, "50ms"), jitter(none))] #[timeout(total = "900ms", attempt = "300ms")]
        #[bulkhead("dropped", 1, wait = "500ms", queue = 10)];
    retry_breaker_bulkhead has(true, true, true), 6:
        #[retry(idempotent, backoff(fixed, "50ms"), jitter(none))] #[breaker(consecutive = 1)]
        #[bulkhead("dropped", 1, wait = "500ms", queue = 10)];
    all_four has(true, true, true), 6:
        #[retry(idempotent, backoff(fixed, "50ms"), jitter(none))] #[timeout(total = "900ms", attempt = "300ms")]
        #[breaker(consecutive = 1)] #[bulkhead("dropped", 1, wait = "500ms", queue = 10)];
}
