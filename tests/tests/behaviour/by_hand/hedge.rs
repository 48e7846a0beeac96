//! A hedge by hand.

use resilient_runtime::by_hand::{Breaker, Bulkhead, Hedge, RateLimit, Timeout};
use resilient_runtime::hedge::Settings;
use resilient_runtime::rate_limit::Rate;
use resilient_runtime::retry::budget;
use resilient_runtime::{breaker, bulkhead, non_idempotent, rate_limit};
use resilient_tests::events::Events;
use resilient_tests::service::{BUSY, DECLINED, Error, HANGS, LOST, OK, Service, fails, ms};
use tokio::time::Instant;

const AFTER: Settings = Settings::after(ms(80));

fn unlucky() -> Service {
    Service::new([OK.after(ms(500)), OK.after(ms(10))])
}

#[resilient_runtime::test]
async fn a_call_that_takes_long_is_sent_once_more_and_the_first_answer_counts() {
    let (hedge, service) = (Hedge::read_only(AFTER), unlucky());
    let start = Instant::now();
    assert_eq!(hedge.run(|| service.call()).await, Ok(2));
    assert_eq!((start.elapsed(), service.starts()), (ms(90), vec![0, 80]));
    let seen = hedge.snapshot();
    assert_eq!((seen.sent, seen.won, seen.refused), (1, 1, 0));
    let quick = Service::new([OK.after(ms(79))]);
    assert_eq!(hedge.run(|| quick.call()).await, Ok(1));
    assert_eq!(hedge.snapshot().sent, 1);
}

#[resilient_runtime::test]
async fn each_of_several_waits_anew_and_no_more_are_sent() {
    let hedge = Hedge::read_only(AFTER.max(2));
    let service = Service::new([OK.after(ms(500))]);
    assert_eq!(hedge.run(|| service.call()).await, Ok(1));
    assert_eq!(service.starts(), [0, 80, 160]);
}

#[resilient_runtime::test]
async fn a_failed_lane_waits_for_the_other_and_a_permanent_answer_ends_a_read_alone() {
    let service = Service::new([fails(BUSY).after(ms(100)), OK.after(ms(200))]);
    let hedge = Hedge::read_only(AFTER);
    assert_eq!(hedge.run(|| service.call()).await, Ok(2));
    for (hedge, answer, time) in [
        (
            Hedge::read_only(AFTER),
            Err(Error::answered(DECLINED, 1)),
            100,
        ),
        (Hedge::idempotent(AFTER), Ok(2), 280),
    ] {
        let service = Service::new([fails(DECLINED).after(ms(100)), OK.after(ms(200))]);
        let start = Instant::now();
        assert_eq!(hedge.run(|| service.call()).await, answer);
        assert_eq!(start.elapsed(), ms(time));
    }
}

#[resilient_runtime::test]
async fn of_failures_a_write_returns_the_one_whose_outcome_is_unknown() {
    let script = || Service::new([fails(LOST).after(ms(100)), fails(BUSY).after(ms(200))]);
    for (hedge, answer) in [
        (Hedge::read_only(AFTER), Error::answered(BUSY, 2)),
        (Hedge::idempotent(AFTER), Error::answered(LOST, 1)),
    ] {
        let service = script();
        assert_eq!(hedge.run(|| service.call()).await, Err(answer));
    }
}

/// The first goes on alone for its 500 ms, and an event says why.
async fn alone<F: Future<Output = Result<u32, Error>>>(call: F, service: &Service, why: &str) {
    let (events, start) = (Events::record(), Instant::now());
    assert_eq!(call.await, Ok(1), "{why}");
    assert_eq!((start.elapsed(), service.calls()), (ms(500), 1), "{why}");
    let refused = events.with("no hedge: ");
    assert_eq!(refused.len(), 1, "{:?}", events.lines());
    assert!(refused[0].ends_with(why), "{refused:?}");
    assert!(events.with("refused: ").is_empty(), "{:?}", events.lines());
}

#[resilient_runtime::test]
async fn without_a_token_there_is_none() {
    let hedge = Hedge::read_only(AFTER).own_budget(budget::Settings::new().save(2));
    let failing = Service::new([fails(LOST).after(ms(100))]);
    for _ in 0..2 {
        assert!(hedge.run(|| failing.call()).await.is_err());
    }
    let service = unlucky();
    alone(
        hedge.run(|| service.call()),
        &service,
        "the budget is used up",
    )
    .await;
    for _ in 0..5 {
        let quick = Service::new([OK]);
        assert_eq!(hedge.run(|| quick.call()).await, Ok(1), "answers pay");
    }
    let service = unlucky();
    assert_eq!(hedge.run(|| service.call()).await, Ok(2));
}

#[resilient_runtime::test]
async fn without_a_permit_a_token_or_a_closed_breaker_there_is_none_and_it_queues_nowhere() {
    let hedge = Hedge::read_only(AFTER).own_budget(budget::Settings::new().save(2));
    let bulkhead = Bulkhead::new(bulkhead::Settings::new(1).wait(ms(400)));
    let rate = RateLimit::new(
        rate_limit::Settings::new(Rate::per_second(2))
            .burst(1)
            .wait(ms(900)),
    );
    let breaker = Breaker::new(breaker::Settings::new().consecutive(1)).named("steered");
    for _ in 0..3 {
        let service = unlucky();
        let call = hedge.run(|| bulkhead.run(service.call()));
        alone(call, &service, "no permit is free").await;
    }
    assert_eq!(bulkhead.snapshot().rejected, 0);
    let service = unlucky();
    let call = hedge.run(|| rate.run(service.call()));
    alone(call, &service, "the rate limit has no token").await;
    let service = unlucky();
    let call = hedge.run(|| breaker.run(service.call()));
    let opened = async {
        tokio::time::sleep(ms(40)).await;
        resilient_runtime::registry().force_open("steered").unwrap();
    };
    tokio::join!(alone(call, &service, "the breaker is not closed"), opened);
    let service = unlucky();
    assert_eq!(
        hedge.run(|| service.call()).await,
        Ok(2),
        "no token was spent"
    );
}

#[non_idempotent]
async fn charge(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn what_must_not_be_done_twice_is_not() {
    let (hedge, service) = (Hedge::read_only(AFTER), unlucky());
    let why = "it may have done what must not be done twice";
    alone(hedge.run(|| charge(&service)), &service, why).await;
}

#[resilient_runtime::test]
async fn the_loser_is_gone_before_the_answer_is_there_and_counts_as_nothing() {
    let bulkhead = Bulkhead::new(bulkhead::Settings::new(2));
    let (hedge, service) = (Hedge::read_only(AFTER), unlucky());
    assert_eq!(hedge.run(|| bulkhead.run(service.call())).await, Ok(2));
    assert_eq!(bulkhead.snapshot().in_flight, 0);
    let hanging = Service::new([HANGS]);
    let given_up = tokio::time::timeout(ms(200), hedge.run(|| bulkhead.run(hanging.call())));
    assert!(given_up.await.is_err());
    assert_eq!((hanging.calls(), bulkhead.snapshot().in_flight), (2, 0));
}

#[resilient_runtime::test]
async fn a_percentile_learns_from_answers_and_from_what_a_limit_cut_off() {
    let hedge = Hedge::read_only(Settings::percentile(breaker::Ratio::percent(50)));
    let limit = Timeout::new(ms(100));
    for nth in 0..60 {
        let service = Service::new([if nth % 2 == 0 {
            OK.after(ms(20))
        } else {
            HANGS
        }]);
        let _ = hedge.run(|| limit.run(service.call())).await;
    }
    let seen = hedge.snapshot();
    assert!(seen.samples >= 50, "{seen:?}");
    assert!(seen.after.is_some_and(|after| after >= ms(20)), "{seen:?}");
}
