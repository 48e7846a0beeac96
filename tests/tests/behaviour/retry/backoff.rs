//! The time between attempts, measured at the service.

use std::collections::HashSet;
use std::time::Duration;

use resilient_runtime::{Failure, Scope, retry, timeout};
use resilient_tests::events::Events;
use resilient_tests::service::{BUSY, Error, LOST, NOT_SENT, OK, Service, fails, ms};
use tokio::time::{Instant, sleep};

/// Tokio's timers have steps of a millisecond and round up.
const TICK: Duration = ms(1);

#[resilient_runtime::test]
async fn delays_grow_by_the_factor_up_to_the_maximum() {
    #[retry(
        idempotent,
        attempts = 5,
        backoff("100ms", factor = 3, max = "500ms"),
        jitter(none),
        budget(none)
    )]
    async fn tripled(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[retry(idempotent, attempts = 4, jitter(none), budget(none))]
    async fn default(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[retry(
        idempotent,
        attempts = 4,
        backoff(fixed, "70ms"),
        jitter(none),
        budget(none)
    )]
    async fn fixed(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([fails(BUSY)]);
    let _ = tripled(&service).await;
    assert_eq!(service.starts(), [0, 100, 400, 900, 1400]);
    let service = Service::new([fails(BUSY)]);
    let _ = default(&service).await;
    assert_eq!(service.starts(), [0, 100, 300, 700]);
    let service = Service::new([fails(BUSY)]);
    let _ = fixed(&service).await;
    assert_eq!(service.starts(), [0, 70, 140, 210]);
}

#[resilient_runtime::test]
async fn the_time_of_the_attempt_itself_is_no_part_of_the_delay() {
    #[retry(idempotent, jitter(none), budget(none))]
    async fn slow(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([fails(BUSY).after(ms(250))]);
    let started = Instant::now();
    let _ = slow(&service).await;
    assert_eq!(service.starts(), [0, 350, 800]);
    assert_eq!(
        started.elapsed(),
        ms(1050),
        "nothing is waited for after the last attempt"
    );
}

/// B12: jitter drawn once for all delays, added on top of the cap, or off.
#[resilient_runtime::test]
async fn jitter_is_drawn_anew_each_time_from_nothing_to_the_whole_delay_and_never_beyond() {
    #[retry(
        idempotent,
        attempts = 4,
        backoff("100ms", max = "200ms"),
        budget(none),
        allow(many_attempts)
    )]
    async fn jittered(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let mut gaps = [const { Vec::new() }; 3];
    for _ in 0..300 {
        let service = Service::new([fails(BUSY)]);
        let _ = jittered(&service).await;
        for (all, gap) in gaps.iter_mut().zip(service.gaps()) {
            all.push(gap);
        }
    }
    for (gaps, ceiling) in gaps.iter().zip([ms(100), ms(200), ms(200)]) {
        assert!(
            gaps.iter().all(|gap| *gap <= ceiling + TICK),
            "above {ceiling:?}"
        );
        let different: HashSet<_> = gaps.iter().collect();
        assert!(
            different.len() > 50,
            "only {} different delays",
            different.len()
        );
        let mean = gaps.iter().sum::<Duration>() / 300;
        // Eight standard errors around the half: 100 ms * sqrt(1/12) / sqrt(300) is 1.7 ms.
        let half = ceiling / 2;
        assert!(
            mean.abs_diff(half) < ceiling * 14 / 100,
            "mean {mean:?} of {ceiling:?}"
        );
    }
}

const fn asks(seconds: u64) -> Failure {
    Failure::transient(Some(Duration::from_secs(seconds)))
}

#[resilient_runtime::test]
async fn a_delay_the_service_asks_for_is_a_lower_bound_with_jitter_on_top() {
    #[retry(idempotent, attempts = 2, budget(none))]
    async fn jittered(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[retry(idempotent, attempts = 2, jitter(none), budget(none))]
    async fn plain(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let mut delays = HashSet::new();
    for failure in [
        asks(10),
        Failure::overloaded(Some(ms(10_000))),
        Failure::throttled(Some(ms(10_000))),
    ] {
        for _ in 0..50 {
            let service = Service::new([fails(failure), OK]);
            assert_eq!(jittered(&service).await, Ok(2));
            let gap = service.gaps()[0];
            assert!((ms(10_000)..=ms(10_100) + TICK).contains(&gap), "{gap:?}");
            delays.insert(gap);
        }
    }
    assert!(
        delays.len() > 20,
        "the service tells all its callers the same: {}",
        delays.len()
    );
    let service = Service::new([fails(asks(10)), OK]);
    assert_eq!(plain(&service).await, Ok(2));
    assert_eq!(service.starts(), [0, 10_100]);
}

#[resilient_runtime::test]
async fn a_longer_delay_than_the_service_may_ask_for_ends_the_loop_at_once() {
    #[retry(idempotent, budget(none))]
    async fn default(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[retry(idempotent, budget(none), max_server_delay = "2s")]
    async fn patient(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let events = Events::record();
    for (asked, calls) in [(30, 2), (31, 1)] {
        let (service, started) = (Service::new([fails(asks(asked)), OK]), Instant::now());
        let answer = default(&service).await;
        assert_eq!(service.calls(), calls, "asked for {asked} s");
        if calls == 1 {
            assert_eq!(answer, Err(Error::answered(asks(asked), 1)));
            assert_eq!(started.elapsed(), Duration::ZERO);
        }
    }
    let told = events.with("not repeated");
    assert!(
        told.len() == 1 && told[0].contains("the service asked for a longer wait"),
        "{told:?}"
    );
    for (asked, calls) in [(2, 2), (3, 1)] {
        let service = Service::new([fails(asks(asked)), OK]);
        let _ = patient(&service).await;
        assert_eq!(service.calls(), calls, "asked for {asked} s");
    }
}

#[resilient_runtime::test]
async fn a_delay_longer_than_the_time_left_ends_the_loop_at_once() {
    #[retry(idempotent, budget(none), backoff(fixed, "2s"), jitter(none))]
    #[timeout(total = "5s")]
    async fn call(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let events = Events::record();
    let service = Service::new([fails(asks(3)).after(ms(500)), OK]);
    let started = Instant::now();
    assert_eq!(call(&service).await, Err(Error::answered(asks(3), 1)));
    assert_eq!(
        events.with("the service asked for a longer wait").len(),
        1,
        "its delay is too long, not our time too short: {:?}",
        events.lines()
    );
    assert_eq!(
        started.elapsed(),
        ms(500),
        "3 s asked and 2 s backoff do not fit into 4.5 s"
    );

    let service = Service::new([fails(LOST).after(ms(500))]);
    let started = Instant::now();
    assert_eq!(call(&service).await, Err(Error::answered(LOST, 2)));
    assert_eq!(service.starts(), [0, 2_500]);
    assert_eq!(
        started.elapsed(),
        ms(3_000),
        "another 2 s would end at the limit"
    );
    assert_eq!(events.with("too little time is left").len(), 1);
}

#[resilient_runtime::test]
async fn a_delay_without_a_name_is_never_waited_for_by_a_write() {
    #[retry(not_sent, jitter(none), budget(none))]
    async fn write(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([fails(NOT_SENT), fails(asks(1)), OK]);
    assert_eq!(write(&service).await, Err(Error::answered(asks(1), 2)));
    assert_eq!(service.starts(), [0, 100]);
}

/// Longer than any clock goes: neither a sum that overflows nor a wait.
#[resilient_runtime::test]
async fn a_delay_beyond_all_time_ends_the_loop_and_opens_no_breaker_for_ever() {
    #[retry(idempotent, budget(none))]
    async fn repeated(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[resilient_runtime::read_only]
    #[resilient_runtime::breaker(min_calls = 2)]
    async fn broken(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    for delay in [
        Duration::MAX,
        Duration::from_secs(u64::MAX),
        Duration::from_nanos(u64::MAX),
    ] {
        let start = Instant::now();
        for failure in [
            Failure::transient(Some(delay)),
            Failure::overloaded(Some(delay)),
            Failure::throttled(Some(delay)),
        ] {
            let service = Service::new([fails(failure), OK]);
            assert!(repeated(&service).await.is_err());
            assert_eq!((service.calls(), start.elapsed()), (1, Duration::ZERO));
        }
        Scope::new()
            .run(async {
                let service = Service::new([
                    fails(Failure::overloaded(Some(delay))),
                    fails(Failure::overloaded(Some(delay))),
                    OK,
                ]);
                assert!(broken(&service).await.is_err() && broken(&service).await.is_err());
                sleep(ms(29_900)).await;
                assert!(broken(&service).await.is_err(), "as long as `max_open`");
                sleep(ms(10_000)).await;
                assert_eq!(broken(&service).await, Ok(3));
            })
            .await;
    }
}
