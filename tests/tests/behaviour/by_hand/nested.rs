//! Policies by hand nest in any order, and each order means what it says.

use std::time::Duration;

use resilient_runtime::by_hand::{Breaker, Bulkhead, Retry, Timeout};
use resilient_runtime::retry::Jitter;
use resilient_runtime::{Classify, Failure, breaker, bulkhead};
use resilient_tests::service::{Error, LOST, OK, Service, fails, ms};
use tokio::time::Instant;

fn retry() -> Retry {
    Retry::idempotent().jitter(Jitter::None)
}

fn opens_after(outcomes: u32) -> Breaker {
    let settings = breaker::Settings::new().consecutive(outcomes).no_jitter();
    Breaker::new(settings)
}

#[resilient_runtime::test]
async fn a_retry_around_a_breaker_ends_with_its_refusal() {
    let (service, breaker, started) = (Service::new([fails(LOST)]), opens_after(2), Instant::now());
    let retry = retry().attempts(5);
    let answer = retry.run(|| breaker.run(service.call())).await;
    assert_eq!(
        answer,
        Err(Error::answered(LOST, 2)),
        "the unknown outcome, not the refusal"
    );
    assert_eq!((service.calls(), started.elapsed()), (2, ms(300)));
}

#[resilient_runtime::test]
async fn a_retry_may_be_told_to_wait_for_the_breaker() {
    let (service, breaker, started) = (
        Service::new([fails(LOST), fails(LOST), OK]),
        opens_after(2),
        Instant::now(),
    );
    let patient = retry()
        .attempts(9)
        .no_budget()
        .classify(|error: &Error| match error.failure() {
            Failure::Rejected { retry_after } => Failure::transient(retry_after),
            other => other,
        });
    assert_eq!(patient.run(|| breaker.run(service.call())).await, Ok(3));
    // Its third attempt is refused at 300 ms, for 800 ms more, and its backoff goes on top.
    assert_eq!(started.elapsed(), ms(300 + 800 + 400));
}

#[resilient_runtime::test]
async fn a_breaker_around_a_retry_sees_one_outcome_per_call() {
    let (service, breaker, retry) = (Service::new([fails(LOST)]), opens_after(2), retry());
    for expected in [1, 2] {
        let _ = breaker.run(retry.run(|| service.call())).await;
        assert_eq!(breaker.snapshot().transitions, expected / 2);
    }
    let refused = breaker.run(retry.run(|| service.call())).await;
    assert!(refused.is_err_and(|error| error.is_refusal()));
}

#[resilient_runtime::test]
async fn a_limit_inside_bounds_an_attempt_and_one_outside_the_whole_call() {
    let (service, retry) = (Service::new([OK.after(ms(60))]), retry().no_budget());
    let (attempt, total) = (Timeout::new(ms(50)), Timeout::new(ms(120)));
    let elapsed = |started: Instant| started.elapsed();
    let started = Instant::now();
    assert!(retry.run(|| attempt.run(service.call())).await.is_err());
    assert_eq!(elapsed(started), 3 * ms(50) + ms(300));
    let started = Instant::now();
    let whole = total.run(retry.run(|| attempt.run(service.call())));
    assert!(whole.await.is_err());
    assert_eq!(
        elapsed(started),
        Duration::from_millis(50),
        "100 ms of backoff would be too long"
    );
}

#[resilient_runtime::test]
async fn no_permit_is_held_during_backoff_inside_a_retry_and_one_is_outside() {
    let (bulkhead, retry) = (Bulkhead::new(bulkhead::Settings::new(1)), retry());
    for (outside, expected) in [(false, 0), (true, 1)] {
        let service = Service::new([fails(LOST), OK]);
        let call = async {
            if outside {
                bulkhead.run(retry.run(|| service.call())).await
            } else {
                retry.run(|| bulkhead.run(service.call())).await
            }
        };
        let look = async {
            tokio::time::sleep(ms(50)).await;
            bulkhead.snapshot().in_flight
        };
        assert_eq!(tokio::join!(call, look), (Ok(2), expected));
    }
}

#[resilient_runtime::test]
async fn what_was_repeated_inside_is_left_at_that_unless_nesting_is_allowed() {
    let (inner, outer) = (retry().at_once().no_budget(), retry().at_once().no_budget());
    let service = Service::new([fails(LOST)]);
    let answer = outer.run(|| inner.run(|| service.call())).await;
    assert_eq!(
        (answer, service.calls()),
        (Err(Error::answered(LOST, 3)), 3)
    );
    let (multiplied, service) = (outer.allow_nested(), Service::new([fails(LOST)]));
    let _ = multiplied.run(|| inner.run(|| service.call())).await;
    assert_eq!(service.calls(), 9);
    let service = Service::new([fails(LOST), OK]);
    let repaired = retry().run(|| inner.run(|| service.call())).await;
    assert_eq!(repaired, Ok(2));
}
