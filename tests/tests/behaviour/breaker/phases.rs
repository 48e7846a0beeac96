//! Closed, open, half-open.

use std::future::Future;

use resilient_runtime::breaker::{Cause, Phase};
use resilient_runtime::event::Event;
use resilient_runtime::rejected::Kind;
use resilient_runtime::{Classify, Failure, Scope, breaker, timeout};
use resilient_tests::look;
use resilient_tests::service::{BUSY, Error, HANGS, LOST, OK, Service, Step, fails, ms};
use std::sync::{Arc, Mutex};
use tokio::time::{Instant, sleep, timeout as give_up};

#[breaker(min_calls = 4, consecutive = 100, open = "10s")]
async fn call(service: &Service) -> Result<u32, Error> {
    service.call().await
}

/// Four calls, all of which fail.
async fn open_it() {
    let service = Service::new([fails(BUSY)]);
    for _ in 0..4 {
        assert!(call(&service).await.is_err_and(|error| !error.is_refusal()));
    }
    assert_eq!(look::breaker("::call@").phase, Phase::Open);
}

async fn answer<const N: usize>(script: [Step; N]) -> Result<u32, Error> {
    call(&Service::new(script)).await
}

#[resilient_runtime::test]
async fn it_opens_with_the_call_that_completes_the_rate() {
    let script = [OK, fails(BUSY), OK, fails(BUSY)];
    let service = Service::new(script);
    for _ in 0..3 {
        let _ = call(&service).await;
        assert_eq!(
            look::breaker("::call@").phase,
            Phase::Closed,
            "three are too few to judge by"
        );
    }
    let _ = call(&service).await;
    let seen = look::breaker("::call@");
    assert_eq!(
        (seen.phase, seen.transitions),
        (Phase::Open, 1),
        "two of four are half"
    );
}

#[resilient_runtime::test]
async fn open_it_refuses_without_touching_the_body() {
    open_it().await;
    let (service, started) = (Service::new([OK]), Instant::now());
    for _ in 0..50 {
        let error = call(&service).await.expect_err("it is open");
        let Kind::BreakerOpen {
            retry_after: Some(left),
        } = error.kind()
        else {
            panic!("{error:?}")
        };
        assert!(
            (ms(5_000)..=ms(10_000)).contains(&left),
            "{left:?}: between half and the whole of `open`"
        );
        assert_eq!(
            error.failure(),
            Failure::Rejected {
                retry_after: Some(left)
            }
        );
        assert!(error.is_refusal());
    }
    assert_eq!((service.calls(), started.elapsed()), (0, ms(0)));
    assert_eq!(look::breaker("::call@").rejected, 50);
}

#[resilient_runtime::test]
async fn after_the_open_time_one_good_probe_closes_it() {
    open_it().await;
    let left = look::breaker("::call@").open_left.expect("it is open");
    sleep(left.saturating_sub(ms(1))).await;
    assert!(answer([OK]).await.is_err_and(|error| error.is_refusal()));
    sleep(ms(2)).await;
    assert_eq!(answer([OK]).await, Ok(1));
    let seen = look::breaker("::call@");
    assert_eq!(
        (seen.phase, seen.calls),
        (Phase::Closed, 0),
        "with an empty window"
    );
    for _ in 0..3 {
        let _ = answer([fails(BUSY)]).await;
    }
    assert_eq!(
        look::breaker("::call@").phase,
        Phase::Closed,
        "what was before is forgotten"
    );
}

/// B4: half-open lets everybody in.
#[resilient_runtime::test]
async fn half_open_one_probe_is_let_through_and_everybody_else_refused() {
    open_it().await;
    sleep(ms(10_000)).await;
    let service = Service::new([OK.after(ms(100))]);
    let calls = (0..50).map(|_| call(&service));
    let answers = futures::future::join_all(calls).await;
    assert_eq!(service.calls(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(
        answers
            .into_iter()
            .filter_map(Result::err)
            .all(|error| error.is_refusal())
    );
}

#[resilient_runtime::test]
async fn a_bad_probe_opens_it_again_for_twice_as_long_up_to_the_maximum() {
    #[breaker(consecutive = 1, open = "1s", max_open = "3s")]
    async fn grows(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([fails(LOST)]);
    let _ = grows(&service).await;
    for longest in [1_000, 2_000, 3_000, 3_000] {
        let left = look::breaker("::grows@").open_left.expect("it is open");
        assert!(
            (ms(longest / 2)..=ms(longest)).contains(&left),
            "{left:?} of {longest} ms"
        );
        sleep(left + ms(1)).await;
        assert!(
            grows(&service)
                .await
                .is_err_and(|error| !error.is_refusal()),
            "a probe"
        );
    }
    sleep(ms(3_000)).await;
    assert!(grows(&Service::new([OK])).await.is_ok());
    let _ = grows(&service).await;
    let left = look::breaker("::grows@").open_left.expect("it is open");
    assert!(left <= ms(1_000), "closed, it starts over");
}

/// B3: the slot of a probe that was dropped.
#[resilient_runtime::test]
async fn a_dropped_probe_gives_its_slot_back() {
    open_it().await;
    sleep(ms(10_000)).await;
    let hanging = Service::new([HANGS]);
    for _ in 0..10 {
        assert!(give_up(ms(10), call(&hanging)).await.is_err());
        assert_eq!(look::breaker("::call@").probes, 0);
    }
    assert_eq!(hanging.calls(), 10, "each of them was a probe");
    assert_eq!(answer([OK]).await, Ok(1));
    assert_eq!(look::breaker("::call@").phase, Phase::Closed);
}

#[resilient_runtime::test]
async fn several_probes_must_all_succeed() {
    #[breaker(consecutive = 1, open = "1s", probes = 3)]
    async fn careful(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let _ = careful(&Service::new([fails(LOST)])).await;
    sleep(ms(1_000)).await;
    let service = Service::new([OK.after(ms(100))]);
    let answers = futures::future::join_all((0..10).map(|_| careful(&service))).await;
    assert_eq!(
        (
            service.calls(),
            answers.iter().filter(|answer| answer.is_ok()).count()
        ),
        (3, 3)
    );
    assert_eq!(look::breaker("::careful@").phase, Phase::Closed);
}

/// B2: outcomes of calls admitted before it opened.
#[resilient_runtime::test]
async fn a_call_from_before_it_opened_decides_nothing_half_open() {
    let (old_good, old_bad) = (
        Service::new([OK.after(ms(12_000))]),
        Service::new([fails(BUSY).after(ms(13_000))]),
    );
    let probe = Service::new([OK.after(ms(5_000))]);
    let story = async {
        sleep(ms(1)).await;
        open_it().await;
        sleep(ms(10_000)).await;
        let probe = call(&probe);
        let watch = async {
            assert_eq!(look::breaker("::call@").phase, Phase::HalfOpen);
            sleep(ms(2_500)).await;
            assert_eq!(
                look::breaker("::call@").phase,
                Phase::HalfOpen,
                "the old success did not close it"
            );
            sleep(ms(1_000)).await;
            assert_eq!(
                look::breaker("::call@").phase,
                Phase::HalfOpen,
                "the old failure did not open it"
            );
        };
        let (probe, ()) = tokio::join!(probe, watch);
        assert_eq!(probe, Ok(1));
        assert_eq!(look::breaker("::call@").phase, Phase::Closed);
    };
    let (good, bad, ()) = tokio::join!(call(&old_good), call(&old_bad), story);
    assert!(good.is_ok() && bad.is_err());
}

#[resilient_runtime::test]
async fn a_service_that_asks_for_time_gets_it_up_to_the_maximum() {
    #[breaker(min_calls = 1, open = "1s", max_open = "20s")]
    async fn asked(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    async fn opened_for(seconds: u64) -> std::time::Duration {
        Scope::new()
            .run(async {
                let failure = Failure::transient(Some(ms(seconds * 1_000)));
                let _ = asked(&Service::new([fails(failure)])).await;
                look::breaker("::asked@").open_left.expect("it is open")
            })
            .await
    }
    let left = opened_for(8).await;
    assert!(
        (ms(8_000)..=ms(20_000)).contains(&left),
        "{left:?}: not before the service asked for"
    );
    assert_eq!(opened_for(300).await, ms(20_000));
}

#[resilient_runtime::test]
async fn a_slow_success_is_a_bad_probe() {
    #[timeout("5s")]
    #[breaker(consecutive = 1, open = "1s", slow = "500ms")]
    async fn slow(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let _ = slow(&Service::new([fails(LOST)])).await;
    sleep(ms(1_000)).await;
    assert_eq!(slow(&Service::new([OK.after(ms(500))])).await, Ok(1));
    assert_eq!(look::breaker("::slow@").phase, Phase::Open);
    sleep(ms(2_000)).await;
    assert_eq!(slow(&Service::new([OK.after(ms(499))])).await, Ok(1));
    assert_eq!(look::breaker("::slow@").phase, Phase::Closed);
}

type Change = (Phase, Phase, Cause, bool);

/// What observers hear of the phases, and whether the function above brought it about.
fn changes() -> Arc<Mutex<Vec<Change>>> {
    let changes = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&changes);
    Scope::current().observe(move |event| {
        if let Event::BreakerTransition {
            from,
            to,
            cause,
            call,
            ..
        } = event
        {
            let own = call.is_some_and(|call| call.ends_with("::phases::call"));
            into.lock()
                .expect("no test panics in here")
                .push((*from, *to, *cause, own));
        }
    });
    changes
}

#[resilient_runtime::test]
async fn every_change_is_told_once_with_its_cause_and_the_call_that_brought_it_about() {
    let changes = changes();
    open_it().await;
    sleep(ms(10_000)).await;
    let _ = answer([fails(BUSY)]).await;
    sleep(ms(20_000)).await;
    let _ = answer([OK]).await;
    let expected = [
        (Phase::Closed, Phase::Open, Cause::FailureRate, true),
        (Phase::Open, Phase::HalfOpen, Cause::OpenTimeOver, true),
        (Phase::HalfOpen, Phase::Open, Cause::ProbeFailed, true),
        (Phase::Open, Phase::HalfOpen, Cause::OpenTimeOver, true),
        (Phase::HalfOpen, Phase::Closed, Cause::ProbesSucceeded, true),
    ];
    assert_eq!(*changes.lock().expect("no test panics in here"), expected);
}

/// B26: a callback under a lock.
#[resilient_runtime::test]
async fn an_observer_may_ask_the_breaker_it_hears_of() {
    let heard = Arc::new(Mutex::new(None));
    let into = Arc::clone(&heard);
    Scope::current().observe(move |event| {
        if let Event::BreakerTransition { .. } = event {
            *into.lock().expect("no test panics in here") = Some(look::breaker("::call@").phase);
        }
    });
    open_it().await;
    assert_eq!(
        *heard.lock().expect("no test panics in here"),
        Some(Phase::Open)
    );
}

#[allow(dead_code, reason = "a bound that the compiler checks")]
fn an_annotated_call_can_be_spawned(
    service: &'static Service,
) -> impl Future<Output = Result<u32, Error>> + Send {
    call(service)
}
