//! A breaker by hand.

use resilient_runtime::breaker::{Phase, Settings};
use resilient_runtime::by_hand::Breaker;
use resilient_runtime::rejected::Kind;
use resilient_runtime::{Failure, breaker, read_only, registry};
use resilient_tests::events::Events;
use resilient_tests::service::{
    BUSY, DECLINED, Error, HANGS, LOST, OK, PANICS, Service, fails, ms,
};
use tokio::time::sleep;

const TWO: Settings = Settings::new().consecutive(2).no_jitter();

async fn lose(breaker: &Breaker, times: u32) {
    let service = Service::new([fails(LOST)]);
    for _ in 0..times {
        let _ = breaker.run(service.call()).await;
    }
}

#[resilient_runtime::test]
async fn it_opens_refuses_without_polling_and_closes_after_a_probe() {
    let (breaker, events) = (Breaker::new(TWO).named("rates"), Events::record());
    lose(&breaker, 2).await;
    assert_eq!(breaker.snapshot().phase, Phase::Open);
    let service = Service::new([OK]);
    sleep(ms(400)).await;
    let refused = breaker.run(service.call()).await.expect_err("it is open");
    let retry_after = Some(ms(600));
    assert_eq!(refused.kind(), Kind::BreakerOpen { retry_after });
    assert_eq!(service.calls(), 0);
    sleep(ms(600)).await;
    assert_eq!(breaker.run(service.call()).await, Ok(1));
    assert_eq!(breaker.snapshot().phase, Phase::Closed);
    assert_eq!(events.with("rates").len(), 4, "{:?}", events.lines());
}

#[resilient_runtime::test]
async fn the_meaning_of_an_error_decides_what_counts() {
    let breaker = Breaker::new(Settings::new().min_calls(3).no_consecutive());
    for failure in [DECLINED, LOST, BUSY] {
        let _ = breaker.run(Service::new([fails(failure)]).call()).await;
    }
    assert_eq!(breaker.snapshot().phase, Phase::Open, "two of three failed");
    let lenient = Breaker::new(TWO).classify(|_: &Error| Failure::Permanent);
    let blind = Breaker::new(TWO).ignore(|_: &Error| true);
    let strict = Breaker::new(TWO).failed(|_: &u32| Some(LOST));
    let (lost, fine) = (Service::new([fails(LOST)]), Service::new([OK]));
    for _ in 0..2 {
        let _ = lenient.run(lost.call()).await;
        let _ = blind.run(lost.call()).await;
        let _ = strict.run(fine.call()).await;
    }
    assert_eq!(lenient.snapshot().calls, 2);
    assert_eq!(lenient.snapshot().failures, 0);
    assert_eq!(blind.snapshot().calls, 0);
    assert_eq!(strict.snapshot().phase, Phase::Open);
}

#[resilient_runtime::test]
async fn it_may_share_the_breaker_of_annotated_functions() {
    static SHARED: breaker::Breaker = breaker::Breaker::new(TWO).shown_as("shared");
    #[read_only]
    #[breaker(SHARED)]
    async fn rate(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    lose(&Breaker::of(&SHARED), 2).await;
    let service = Service::new([OK]);
    assert!(rate(&service).await.is_err_and(|error| error.is_refusal()));
    let field = breaker::Breaker::new(TWO);
    lose(&Breaker::from(field.clone()), 2).await;
    assert_eq!(field.own_snapshot().phase, Phase::Open);
}

#[resilient_runtime::test]
async fn each_key_has_a_breaker_of_its_own() {
    let breaker = Breaker::new(TWO);
    let lost = Service::new([fails(LOST)]);
    for _ in 0..2 {
        let _ = breaker.run_for("here", lost.call()).await;
    }
    let fine = Service::new([OK]);
    assert!(breaker.run_for("here", fine.call()).await.is_err());
    assert_eq!(breaker.run_for("there", fine.call()).await, Ok(1));
}

#[resilient_runtime::test]
async fn an_operator_steers_it_by_its_name() {
    let breaker = Breaker::new(TWO).named("steered");
    let service = Service::new([OK]);
    assert_eq!(breaker.run(service.call()).await, Ok(1));
    registry()
        .open_for("steered", ms(5_000))
        .expect("it is known");
    registry().open("steered").expect("it is open already");
    sleep(ms(4_999)).await;
    assert!(breaker.run(service.call()).await.is_err());
    sleep(ms(1)).await;
    assert_eq!(breaker.run(service.call()).await, Ok(2));
    registry().force_open("steered").expect("it is known");
    let refused = breaker.run(service.call()).await.expect_err("forced");
    let retry_after = None;
    assert_eq!(refused.kind(), Kind::BreakerOpen { retry_after });
}

#[resilient_runtime::test]
async fn a_dropped_probe_gives_its_slot_back_and_a_panic_is_a_failure() {
    let breaker = Breaker::new(TWO);
    lose(&breaker, 2).await;
    sleep(ms(1_000)).await;
    let hanging = Service::new([HANGS]);
    let probe = breaker.run(hanging.call());
    assert!(tokio::time::timeout(ms(10), probe).await.is_err());
    assert_eq!(breaker.snapshot().probes, 0);
    let panicking = breaker.clone();
    let probe = tokio::spawn(async move { panicking.run(Service::new([PANICS]).call()).await });
    assert!(probe.await.is_err());
    assert_eq!(breaker.snapshot().phase, Phase::Open, "the probe failed");
}
