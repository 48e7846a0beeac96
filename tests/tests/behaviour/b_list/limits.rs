//! B8, B9, B16, B22, B24 to B26, B31.

use std::sync::{Arc, Mutex};

use resilient_runtime::breaker::Phase;
use resilient_runtime::rejected::Kind;
use resilient_runtime::{Scope, breaker, bulkhead, registry, retry, timeout};
use resilient_tests::look;
use resilient_tests::service::{BUSY, Error, HANGS, LOST, OK, Service, Step, fails, ms};
use tokio::time::{Instant, sleep};

#[timeout("1s")]
#[bulkhead("b-list", 1, wait = "900ms", queue = 10)]
async fn queued(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[retry(idempotent, backoff(fixed, "1s"), jitter(none))]
#[timeout(total = "10s", attempt = "2s")]
#[breaker("b-list-all", consecutive = 5, open = "1s")]
#[bulkhead("b-list-all", 1, wait = "900ms")]
async fn all_four(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn b08_no_caller_behind_a_queue_waits_longer_than_its_limit() {
    let (service, started) = (Service::new([OK.after(ms(600))]), Instant::now());
    let answers = futures::future::join_all((0..10).map(|_| queued(&service))).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(started.elapsed() <= ms(1_001), "{:?}", started.elapsed());
}

#[resilient_runtime::test]
async fn b09_a_future_that_is_kept_before_it_is_awaited_has_all_of_its_time() {
    let service = Service::new([OK.after(ms(900))]);
    let kept = queued(&service);
    sleep(ms(5_000)).await;
    assert_eq!(kept.await, Ok(1));
}

#[resilient_runtime::test]
async fn b16_a_timeout_inside_a_retry_is_an_error_and_no_panic() {
    let service = Arc::new(Service::new([HANGS, OK]));
    let task = tokio::spawn(async move { all_four(&service).await });
    assert_eq!(task.await.expect("the task lives"), Ok(2));
}

#[resilient_runtime::test]
async fn b22_the_paused_clock_drives_every_policy() {
    let real = std::time::Instant::now();
    for _ in 0..3 {
        let _ = all_four(&Service::new([fails(LOST)])).await;
    }
    assert_eq!(look::breaker("b-list-all").phase, Phase::Open);
    for _ in 0..3_600 {
        sleep(ms(1_000)).await;
        assert!(all_four(&Service::new([OK.after(ms(500))])).await.is_ok());
    }
    assert_eq!(look::breaker("b-list-all").phase, Phase::Closed);
    assert_eq!(look::budget("::all_four@").clock_resets, 0);
    assert!(
        real.elapsed() < ms(60_000),
        "an hour and a half took {:?}",
        real.elapsed()
    );
}

#[resilient_runtime::test]
async fn b24_a_call_in_its_backoff_keeps_nobody_out() {
    let failing = Service::new([fails(BUSY), OK]);
    let other = async {
        sleep(ms(500)).await;
        all_four(&Service::new([OK])).await
    };
    let (answer, other) = tokio::join!(all_four(&failing), other);
    assert_eq!((answer, other), (Ok(2), Ok(1)));
}

#[resilient_runtime::test]
async fn b25_nothing_goes_on_after_a_timeout_and_its_outcome_is_called_unknown() {
    let done = Arc::new(Mutex::new(false));
    #[timeout("1s")]
    async fn slow(done: Arc<Mutex<bool>>) -> Result<u32, Error> {
        sleep(ms(2_000)).await;
        *done.lock().expect("no test panics in here") = true;
        Ok(1)
    }
    let error = slow(Arc::clone(&done)).await.expect_err("it is too slow");
    assert!(error.is_cut_off());
    sleep(ms(10_000)).await;
    assert!(!*done.lock().expect("no test panics in here"));
    assert_eq!(Arc::strong_count(&done), 1, "the body is gone");
}

#[resilient_runtime::test]
async fn b26_a_listener_may_use_everything_it_hears_of() {
    Scope::current().observe(|_| {
        for listing in registry().snapshot().listings {
            if listing.policy == "breaker" {
                let _ = registry().automatic(&listing.name.to_string());
            }
        }
        let _ = registry().validate();
    });
    for step in [fails(BUSY), fails(LOST), OK] {
        let _ = all_four(&Service::new([step, OK])).await;
    }
}

#[resilient_runtime::test]
async fn b31_the_error_behind_four_policies_is_the_functions_own_and_wrapped_by_nobody() {
    async fn error<const N: usize>(script: [Step; N]) -> Error {
        let answer: Result<u32, Error> = all_four(&Service::new(script)).await;
        answer.expect_err("it fails")
    }
    assert_eq!(error([fails(BUSY)]).await, Error::answered(BUSY, 3));
    assert_eq!(
        error([HANGS]).await.kind(),
        Kind::AttemptTimeout { limit: ms(2_000) }
    );
}
