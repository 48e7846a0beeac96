//! A retry by hand.

use std::cell::Cell;

use resilient_runtime::by_hand::{Retry, Timeout};
use resilient_runtime::retry::budget::{Budget, Settings};
use resilient_runtime::retry::{Backoff, Jitter};
use resilient_runtime::{Failure, non_idempotent};
use resilient_tests::events::Events;
use resilient_tests::look;
use resilient_tests::service::{
    BUSY, DECLINED, Error, HANGS, LOST, NOT_SENT, OK, Service, fails, ms,
};
use tokio::time::Instant;

fn exact() -> Retry {
    Retry::idempotent().jitter(Jitter::None)
}

#[resilient_runtime::test]
async fn it_repeats_with_the_defaults_of_the_attribute() {
    let service = Service::new([fails(LOST)]);
    let answer = exact().run(|| service.call()).await;
    assert_eq!(answer, Err(Error::answered(LOST, 3)));
    assert_eq!(service.starts(), [0, 100, 300]);
}

#[resilient_runtime::test]
async fn its_constructor_says_what_may_be_repeated() {
    let cases = [
        (Retry::read_only(), [2, 2, 2, 1]),
        (Retry::idempotent(), [2, 2, 2, 1]),
        (Retry::not_sent(), [2, 1, 1, 1]),
    ];
    for (retry, expected) in cases {
        let mut calls = Vec::new();
        for failure in [NOT_SENT, LOST, BUSY, DECLINED] {
            let service = Service::new([fails(failure), OK]);
            let _ = retry.run(|| service.call()).await;
            calls.push(service.calls());
        }
        assert_eq!(calls, expected, "{retry:?}");
    }
}

#[resilient_runtime::test]
async fn of_a_write_an_unknown_outcome_is_not_hidden_by_what_came_later_of_a_read_it_is() {
    let script = || Service::new([fails(LOST), fails(NOT_SENT)]);
    let (write, read) = (script(), script());
    let kept = Retry::idempotent().run(|| write.call()).await;
    assert_eq!(kept, Err(Error::answered(LOST, 1)));
    let last = Retry::read_only().run(|| read.call()).await;
    assert_eq!(last, Err(Error::answered(NOT_SENT, 3)));
}

#[resilient_runtime::test]
async fn no_attempt_starts_after_its_longest_time_and_none_is_cut_short() {
    let service = Service::new([fails(LOST).after(ms(150))]);
    let retry = exact()
        .at_once()
        .no_budget()
        .attempts(90)
        .for_at_most(ms(1_000));
    let started = Instant::now();
    let answer = retry.run(|| service.call()).await;
    assert_eq!(answer, Err(Error::answered(LOST, 7)));
    assert_eq!(started.elapsed(), ms(1_050));
    let (service, started) = (Service::new([fails(LOST)]), Instant::now());
    let slow = retry.backoff(Backoff::fixed(ms(500)));
    let _ = slow.run(|| service.call()).await;
    assert_eq!(service.calls(), 2, "the third would start at the very end");
    assert_eq!(started.elapsed(), ms(500), "it does not wait for nothing");
}

#[resilient_runtime::test]
async fn a_delay_that_the_limit_around_it_would_cut_ends_the_loop_unless_told_to_go_on() {
    let total = Timeout::new(ms(150));
    let (service, events) = (Service::new([fails(LOST)]), Events::record());
    let started = Instant::now();
    let retry = exact();
    let answer = total.run(retry.run(|| service.call())).await;
    assert_eq!(
        answer,
        Err(Error::answered(LOST, 2)),
        "the service's own error"
    );
    assert_eq!((started.elapsed(), service.calls()), (ms(100), 2));
    assert_eq!(events.with("not repeated").len(), 1, "{:?}", events.lines());
    let (service, started) = (Service::new([fails(LOST)]), Instant::now());
    let retry = exact().regardless_of_deadline();
    let answer = total.run(retry.run(|| service.call())).await;
    assert!(answer.is_err_and(|error| error.is_cut_off()));
    assert_eq!((started.elapsed(), service.calls()), (ms(150), 2));
}

#[resilient_runtime::test]
async fn it_has_a_budget_of_its_own_that_clones_share_and_that_runs_dry() {
    let retry = exact().at_once().own_budget(Settings::new().save(2));
    let service = Service::new([fails(BUSY)]);
    let _ = retry.run(|| service.call()).await;
    assert_eq!(service.calls(), 3, "two repeats were saved for");
    let _ = retry.clone().run(|| service.call()).await;
    assert_eq!(service.calls(), 4, "nothing is left");
    let _ = retry.no_budget().run(|| service.call()).await;
    assert_eq!(service.calls(), 7);
}

#[resilient_runtime::test]
async fn it_may_share_the_budget_of_a_static() {
    static SHARED: Budget = Budget::new(Settings::new().save(2)).shown_as("shared");
    let retry = exact().at_once().budget(&SHARED);
    let service = Service::new([fails(LOST)]);
    let _ = retry.run(|| service.call()).await;
    assert_eq!(
        service.calls(),
        2,
        "after an unknown outcome a repeat costs two"
    );
    assert_eq!(look::budget("shared").refused, 1);
}

#[resilient_runtime::test]
async fn hooks_narrow_classify_and_take_answers_for_failures() {
    let service = Service::new([fails(DECLINED)]);
    let bold = exact().classify(|_: &Error| Failure::Unknown).attempts(2);
    let _ = bold.run(|| service.call()).await;
    assert_eq!(service.calls(), 2);
    let wary = bold.when(|error: &Error| *error != Error::answered(DECLINED, 3));
    let _ = wary.run(|| service.call()).await;
    assert_eq!(service.calls(), 3);
    let service = Service::new([OK]);
    let picky = exact().failed(|answer: &u32| (*answer < 2).then_some(BUSY));
    assert_eq!(picky.run(|| service.call()).await, Ok(2));
}

#[resilient_runtime::test]
async fn the_guard_stops_it_after_an_annotated_call_that_must_not_be_done_twice() {
    #[non_idempotent]
    async fn charge(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let (service, events) = (Service::new([fails(LOST)]), Events::record());
    let retry = exact();
    let answer = retry.run(|| async { charge(&service).await }).await;
    assert_eq!(
        (answer, service.calls()),
        (Err(Error::answered(LOST, 1)), 1)
    );
    assert_eq!(
        events.with("must not be done twice").len(),
        1,
        "{:?}",
        events.lines()
    );
}

#[resilient_runtime::test]
async fn observers_are_told_under_its_name() {
    let (service, events) = (Service::new([fails(BUSY), OK]), Events::record());
    let _ = exact().named("rates").run(|| service.call()).await;
    assert_eq!(events.with("rates").len(), 3, "{:?}", events.lines());
}

#[resilient_runtime::test]
async fn a_backoff_that_is_dropped_costs_no_token() {
    let retry = exact().own_budget(Settings::new().save(2)).attempts(2);
    let (hung, polled) = (Service::new([fails(BUSY), HANGS]), Cell::new(0));
    let call = retry.run(|| {
        polled.set(polled.get() + 1);
        hung.call()
    });
    assert!(tokio::time::timeout(ms(50), call).await.is_err());
    assert_eq!(polled.get(), 1, "it was dropped while it waited");
    let service = Service::new([fails(LOST), OK]);
    assert_eq!(
        retry.run(|| service.call()).await,
        Ok(2),
        "both tokens are there"
    );
}
