//! B10 to B14, B17, B18, B28 to B30.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use resilient_runtime::event::Event;
use resilient_runtime::{Failure, Scope, retry};
use resilient_tests::look;
use resilient_tests::service::{BUSY, DECLINED, Error, NOT_SENT, OK, Service, fails, ms};
use tokio::time::{Instant, sleep};

#[retry(idempotent, attempts = 2)]
async fn call(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[retry(idempotent, attempts = 2, budget(none))]
async fn unpaid(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn b10_a_budget_of_sixty_percent_allows_sixty_repeats_for_a_hundred_answers() {
    #[retry(
        idempotent,
        attempts = 2,
        backoff(fixed, "1ms"),
        jitter(none),
        budget(earn = "60%")
    )]
    async fn rich(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    for _second in 0..2 {
        for _ in 0..100 {
            assert!(rich(&Service::new([OK])).await.is_ok());
        }
        sleep(ms(1_000)).await;
    }
    let failing = Service::new([fails(NOT_SENT)]);
    for _ in 0..200 {
        let _ = rich(&failing).await;
    }
    assert_eq!(failing.calls(), 260);
}

#[resilient_runtime::test]
async fn b11_the_delay_the_service_asked_for_is_the_delay_that_is_waited() {
    let asked = Failure::transient(Some(ms(20_000)));
    let service = Service::new([fails(asked), OK]);
    assert_eq!(call(&service).await, Ok(2));
    assert!(service.gaps()[0] >= ms(20_000));
}

#[resilient_runtime::test]
async fn b12_jitter_is_on_and_drawn_anew_and_within_the_cap() {
    #[retry(idempotent, attempts = 2, backoff("2s", max = "2s"), budget(none))]
    async fn capped(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let mut gaps = HashSet::new();
    for _ in 0..50 {
        let service = Service::new([fails(BUSY)]);
        let _ = capped(&service).await;
        gaps.extend(service.gaps());
    }
    assert!(gaps.len() > 25, "{} different delays", gaps.len());
    assert!(gaps.iter().all(|gap| *gap <= ms(2_001)));
    assert!(gaps.iter().any(|gap| *gap > ms(1_000)));
}

#[resilient_runtime::test]
async fn b13_a_server_that_asks_for_an_hour_is_not_waited_for_and_callers_are_spread() {
    let hour = Failure::overloaded(Some(ms(3_600_000)));
    let (service, started) = (Service::new([fails(hour), OK]), Instant::now());
    assert!(unpaid(&service).await.is_err());
    assert_eq!((service.calls(), started.elapsed()), (1, ms(0)));
    let mut gaps = HashSet::new();
    for _ in 0..30 {
        let service = Service::new([fails(Failure::overloaded(Some(ms(5_000)))), OK]);
        assert!(unpaid(&service).await.is_ok());
        gaps.extend(service.gaps());
    }
    assert!(gaps.len() > 15, "{} different delays", gaps.len());
}

#[resilient_runtime::test]
async fn b14_by_default_repeats_are_few_delayed_and_paid_for() {
    #[retry(idempotent)]
    async fn default(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([fails(NOT_SENT)]);
    let _ = default(&service).await;
    assert_eq!(service.calls(), 3);
    assert!(service.gaps().iter().any(|gap| *gap > Duration::ZERO));
    for _ in 0..997 {
        let _ = default(&service).await;
    }
    assert!(service.calls() <= 998 + 5, "{}", service.calls());
}

#[resilient_runtime::test]
async fn b17_a_question_mark_meets_the_retry_and_not_the_caller() {
    #[retry(idempotent)]
    async fn early(service: &Service) -> Result<u32, Error> {
        let first = service.call().await?;
        if first == 2 {
            return Err(Error::answered(BUSY, 2));
        }
        Ok(first)
    }
    assert_eq!(early(&Service::new([fails(BUSY), OK])).await, Ok(3));
}

#[resilient_runtime::test]
async fn b18_the_hundredth_backoff_is_the_maximum_and_no_overflow() {
    #[retry(
        idempotent,
        attempts = 100,
        backoff("1s", factor = 100, max = "3s"),
        jitter(none),
        budget(none),
        allow(many_attempts)
    )]
    async fn stubborn(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([fails(BUSY)]);
    let _ = stubborn(&service).await;
    assert_eq!(service.calls(), 100);
    assert!(service.gaps()[1..].iter().all(|gap| *gap == ms(3_000)));
}

#[resilient_runtime::test]
async fn b28_an_attempts_end_is_told_when_it_ends_also_the_last_ones() {
    #[retry(idempotent, backoff(fixed, "1s"), jitter(none), budget(none))]
    async fn told(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let (started, ends) = (Instant::now(), Arc::new(Mutex::new(Vec::new())));
    let into = Arc::clone(&ends);
    Scope::current().observe(move |event| {
        if let Event::AttemptFinished { attempt, .. } = event {
            into.lock()
                .expect("no test panics in here")
                .push((*attempt, started.elapsed()));
        }
    });
    let _ = told(&Service::new([fails(BUSY).after(ms(100))])).await;
    let ends = ends.lock().expect("no test panics in here");
    assert_eq!(*ends, [(1, ms(100)), (2, ms(1_200)), (3, ms(2_300))]);
}

#[resilient_runtime::test]
async fn b29_an_error_for_good_is_not_repeated() {
    let service = Service::new([fails(DECLINED)]);
    assert!(call(&service).await.is_err());
    assert_eq!(service.calls(), 1);
}

#[resilient_runtime::test]
async fn b30_when_every_call_needs_a_repeat_most_do_not_get_one() {
    let mut sent = 0;
    for _ in 0..1_000 {
        let service = Service::new([fails(NOT_SENT), OK]);
        let _ = call(&service).await;
        sent += service.calls();
    }
    // Each answer earns a fifth of the repeat that brought it: 5 + 5/5 + 5/25 and so on.
    assert!((1_005..=1_007).contains(&sent), "{sent}");
    assert_eq!(look::budget("::call@").repeats, u64::from(sent) - 1_000);
}
