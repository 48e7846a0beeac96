//! A time limit by hand.

use resilient_runtime::by_hand::Timeout;
use resilient_runtime::rejected::Kind;
use resilient_runtime::{Rejected, read_only, timeout};
use resilient_tests::events::Events;
use resilient_tests::service::{Error, HANGS, OK, Service, ms};
use tokio::time::{Instant, sleep};

#[resilient_runtime::test]
async fn what_takes_longer_is_dropped_and_unknown() {
    let (service, events) = (Service::new([OK.after(ms(100))]), Events::record());
    let answer = Timeout::new(ms(99))
        .named("rates")
        .run(service.call())
        .await;
    let error = answer.expect_err("it took longer");
    assert_eq!(error.kind(), Kind::TotalTimeout { limit: ms(99) });
    assert!(error.is_cut_off());
    assert_eq!(service.in_flight(), 0, "the body is gone");
    assert_eq!(events.with("rates").len(), 1);
    assert_eq!(Timeout::new(ms(101)).run(service.call()).await, Ok(2));
}

#[resilient_runtime::test]
async fn the_clock_starts_with_the_first_poll() {
    let service = Service::new([OK.after(ms(100))]);
    let limit = Timeout::new(ms(150));
    let call = limit.run(service.call());
    sleep(ms(1_000)).await;
    assert_eq!(call.await, Ok(1));
}

#[resilient_runtime::test]
async fn annotated_calls_inside_inherit_the_time_that_is_left() {
    #[read_only]
    #[timeout("1h")]
    async fn rate() -> Result<f64, Rejected> {
        std::future::pending().await
    }
    let started = Instant::now();
    let limit = Timeout::new(ms(200)).named("outer");
    let answer = limit.run(async { rate().await }).await;
    assert_eq!(answer.expect_err("it hangs").call(), "outer");
    assert_eq!(started.elapsed(), ms(200));
}

#[resilient_runtime::test]
async fn inside_an_annotated_call_it_never_outlives_it() {
    #[read_only]
    #[timeout("200ms")]
    async fn price(service: &Service) -> Result<u32, Error> {
        Timeout::new(ms(60_000)).run(service.call()).await
    }
    let started = Instant::now();
    let error = price(&Service::new([HANGS])).await.expect_err("it hangs");
    assert_eq!(error.kind(), Kind::TotalTimeout { limit: ms(200) });
    assert_eq!(started.elapsed(), ms(200));
}

#[resilient_runtime::test]
async fn one_that_left_the_call_it_began_in_has_its_own_limit_again() {
    let (outer, inner) = (Timeout::new(ms(10)), Timeout::new(ms(100)));
    let started = Instant::now();
    let mut call = Box::pin(inner.run(std::future::pending::<Result<(), Rejected>>()));
    let ended = outer.run(async { call.as_mut().await }).await;
    assert!(ended.is_err());
    assert_eq!(started.elapsed(), ms(10));
    assert!(call.await.is_err());
    assert_eq!(started.elapsed(), ms(100));
}

#[resilient_runtime::test]
async fn without_any_time_left_it_refuses_and_polls_nothing() {
    let service = Service::new([OK]);
    let (outer, inner) = (Timeout::new(ms(10)), Timeout::new(ms(100)));
    let late = async {
        // Holds the thread beyond the limit, so that no timer can run.
        tokio::time::advance(ms(20)).await;
        inner.run(service.call()).await
    };
    let error = outer.run(late).await.expect_err("too late");
    assert_eq!(error.kind(), Kind::DeadlineExceeded);
    assert!(error.is_refusal());
    assert_eq!(service.calls(), 0);
}

#[resilient_runtime::test]
async fn an_error_type_that_cannot_be_made_from_a_rejection_takes_a_function() {
    let limit = Timeout::new(ms(1)).rejected(|why: Rejected| why.is_timeout());
    let answer = limit.run(std::future::pending::<Result<(), bool>>()).await;
    assert_eq!(answer, Err(true));
}
