//! What the limits bound, and what a call that was cut off returns.

use std::sync::atomic::{AtomicU32, Ordering};

use resilient_runtime::bulkhead::Bulkhead;
use resilient_runtime::rejected::Kind;
use resilient_runtime::{
    Classify, Failure, Rejected, breaker, bulkhead, non_idempotent, retry, timeout,
};
use resilient_tests::events::Events;
use resilient_tests::polls::poll_once;
use resilient_tests::service::{BUSY, Error, HANGS, LOST, NOT_SENT, OK, Service, fails, ms};
use tokio::time::{Instant, sleep};

#[timeout("1s")]
async fn second(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn a_call_that_was_cut_off_may_have_been_carried_out() {
    let (service, started) = (Service::new([HANGS]), Instant::now());
    let error = second(&service).await.expect_err("it hangs");
    assert_eq!(started.elapsed(), ms(1_000));
    assert_eq!(error.kind(), Kind::TotalTimeout { limit: ms(1_000) });
    assert_eq!(error.failure(), Failure::Unknown);
    assert!(error.is_cut_off());
    assert_eq!(
        (service.in_flight(), service.unfinished()),
        (0, 1),
        "its body is gone"
    );
}

#[resilient_runtime::test]
async fn a_write_may_be_cut_off_when_the_caller_takes_its_unknown_outcome() {
    #[non_idempotent]
    #[timeout("1s", unknown(to_caller))]
    async fn charge(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let error = charge(&Service::new([HANGS])).await.expect_err("it hangs");
    assert_eq!(error.failure(), Failure::Unknown);
}

#[resilient_runtime::test]
async fn an_answer_in_time_passes_also_in_the_very_instant_the_time_is_up() {
    assert_eq!(second(&Service::new([OK.after(ms(999))])).await, Ok(1));
    assert_eq!(second(&Service::new([OK.after(ms(1_000))])).await, Ok(1));
    assert!(second(&Service::new([OK.after(ms(1_001))])).await.is_err());
}

/// B9: a future made early and awaited late.
#[resilient_runtime::test]
async fn the_time_runs_from_the_first_poll_on_and_not_from_the_making_of_the_future() {
    #[retry(idempotent, jitter(none), budget(none))]
    #[timeout(total = "2s", attempt = "1s")]
    #[bulkhead(1)]
    async fn repeated(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([OK.after(ms(900))]);
    let (once, repeated) = (second(&service), repeated(&service));
    sleep(ms(60_000)).await;
    assert_eq!(once.await, Ok(1));
    assert_eq!(repeated.await, Ok(2));
}

#[resilient_runtime::test]
async fn every_attempt_gets_its_own_limit() {
    #[retry(idempotent, jitter(none), budget(none))]
    #[timeout(attempt = "100ms")]
    async fn call(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([HANGS]);
    let error = call(&service).await.expect_err("it hangs");
    assert_eq!(error.kind(), Kind::AttemptTimeout { limit: ms(100) });
    assert_eq!(error.failure(), Failure::Unknown);
    assert_eq!(service.starts(), [0, 200, 500]);
    let service = Service::new([HANGS, OK.after(ms(99))]);
    assert_eq!(call(&service).await, Ok(2));
}

/// B8: a limit that starts behind the queue.
#[resilient_runtime::test]
async fn the_total_covers_the_queue_the_attempts_and_the_backoff() {
    #[timeout("1s")]
    #[bulkhead(1, wait = "900ms")]
    async fn queued(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let (service, started) = (
        Service::new([OK.after(ms(800)), OK.after(ms(500))]),
        Instant::now(),
    );
    let (first, second) = tokio::join!(queued(&service), queued(&service));
    assert_eq!(first, Ok(1));
    let error = second.expect_err("800 ms in the queue and 500 ms of work are too much");
    assert_eq!(
        (error.kind(), started.elapsed()),
        (Kind::TotalTimeout { limit: ms(1_000) }, ms(1_000))
    );
    assert!(error.is_cut_off(), "200 ms of it were sent");

    #[retry(
        idempotent,
        attempts = 5,
        backoff(fixed, "300ms"),
        jitter(none),
        budget(none)
    )]
    #[timeout(total = "1s", attempt = "400ms")]
    async fn repeated(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let (service, started) = (
        Service::new([fails(BUSY).after(ms(100)), HANGS]),
        Instant::now(),
    );
    let error = repeated(&service).await.expect_err("it hangs");
    assert_eq!(service.starts(), [0, 400]);
    assert_eq!(error.kind(), Kind::AttemptTimeout { limit: ms(400) });
    assert_eq!(
        started.elapsed(),
        ms(800),
        "a third one would start when the time is up"
    );
}

#[resilient_runtime::test]
async fn time_that_runs_out_in_the_queue_proves_that_nothing_was_sent() {
    #[timeout("1s")]
    #[bulkhead(1, wait = "500ms")]
    async fn queued(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([OK.after(ms(900))]);
    let (first, second) = tokio::join!(queued(&service), queued(&service));
    assert_eq!(first, Ok(1));
    let error = second.expect_err("nobody leaves in time");
    assert_eq!(error.kind(), Kind::BulkheadTimeout { wait: ms(500) });
    assert!(error.is_refusal() && service.calls() == 1);

    #[retry(read_only, attempts = 2, jitter(none), budget(none))]
    #[timeout(total = "1s")]
    #[bulkhead(1, wait = "900ms")]
    async fn repeated(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let events = Events::record();
    let (service, other) = (
        Service::new([fails(NOT_SENT).after(ms(300))]),
        Service::new([OK.after(ms(1_000))]),
    );
    let started = Instant::now();
    let late = async {
        sleep(ms(350)).await;
        repeated(&other).await
    };
    let first = async { (repeated(&service).await, started.elapsed()) };
    let (first, _late) = tokio::join!(first, late);
    assert_eq!(
        first,
        (Err(Error::answered(NOT_SENT, 1)), ms(1_000)),
        "the repeat queued to the end"
    );
    assert_eq!(service.calls(), 1);
    assert_eq!(
        events.with("timed out after 1s").len(),
        1,
        "{:?}",
        events.lines()
    );
}

/// The rule that forbids such a wait cannot look into a `static`.
#[resilient_runtime::test]
async fn a_wait_longer_than_the_total_ends_with_the_total_and_proves_that_nothing_was_sent() {
    static LONG: Bulkhead = Bulkhead::new(bulkhead::Settings::new(1).wait(ms(60_000)));
    #[timeout("1s")]
    #[bulkhead(LONG)]
    async fn queued(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[bulkhead(LONG)]
    async fn holder(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([OK.after(ms(3_000))]);
    let late = async {
        sleep(ms(1)).await;
        let started = Instant::now();
        let error = queued(&service).await.expect_err("no permit in time");
        assert_eq!(error.kind(), Kind::TotalTimeout { limit: ms(1_000) });
        assert_eq!(started.elapsed(), ms(1_000));
        assert!(error.is_refusal());
    };
    let (held, ()) = tokio::join!(holder(&service), late);
    assert_eq!((held, service.calls()), (Ok(1), 1));
    // A permit that comes in the very instant in which the time is over is of no use.
    let service = Service::new([OK.after(ms(1_000))]);
    let (held, too_late) = tokio::join!(biased; holder(&service), queued(&service));
    assert_eq!((held, service.calls()), (Ok(1), 1));
    assert!(too_late.is_err_and(|error| error.is_refusal()));
    assert_eq!(LONG.snapshot().queued, 0);
}

#[resilient_runtime::test]
async fn an_error_is_told_as_one_also_where_nothing_asks_what_it_means() {
    #[timeout("1s", rejected(mute))]
    async fn says_nothing(service: &Service) -> Result<u32, ()> {
        service.call().await.map_err(|_| ())
    }
    fn mute(_rejected: Rejected) {}
    let events = Events::record();
    let _ = second(&Service::new([fails(BUSY)])).await;
    let _ = says_nothing(&Service::new([fails(BUSY)])).await;
    let _ = second(&Service::new([OK])).await;
    let expected = [
        format!("second: attempt 1 failed ({BUSY:?})"),
        "says_nothing: attempt 1 failed (Unknown)".to_owned(),
        "second: attempt 1 succeeded".to_owned(),
    ];
    assert_eq!(events.lines(), expected);
}

#[resilient_runtime::test]
async fn an_error_type_that_cannot_carry_a_rejection_is_made_by_a_function() {
    #[derive(Debug, PartialEq)]
    struct Text(String);
    fn text(rejected: Rejected) -> Text {
        Text(rejected.into())
    }
    #[timeout("1s", rejected(text))]
    async fn call(service: &Service) -> Result<u32, Text> {
        service
            .call()
            .await
            .map_err(|_| Text("the service's own".to_owned()))
    }
    let Text(text) = call(&Service::new([HANGS])).await.expect_err("it hangs");
    assert!(
        text.contains("limits::call") && text.contains("1s"),
        "{text}"
    );
    assert_eq!(
        call(&Service::new([fails(LOST)])).await,
        Err(Text("the service's own".to_owned()))
    );
}

#[resilient_runtime::test]
async fn the_total_is_never_exceeded_by_more_than_a_tick() {
    #[retry(idempotent, attempts = 5, budget(none))]
    #[timeout(total = "1s", attempt = "300ms")]
    #[breaker(min_calls = 1000, consecutive = 1000)]
    #[bulkhead(2, wait = "400ms", queue = 100)]
    async fn call(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    static FINISHED: AtomicU32 = AtomicU32::new(0);
    let mut calls = tokio::task::JoinSet::new();
    for nth in 0..200_u64 {
        calls.spawn(async move {
            let failure = [BUSY, LOST, NOT_SENT, Failure::transient(Some(ms(nth)))]
                [usize::try_from(nth % 4).expect("small")];
            let steps = [
                fails(failure).after(ms(nth * 7 % 310)),
                HANGS,
                fails(failure).after(ms(nth * 13 % 290)),
            ];
            let service = Service::new(steps);
            sleep(ms(nth * 37 % 2_000)).await;
            let started = Instant::now();
            let _ = call(&service).await;
            assert!(
                started.elapsed() <= ms(1_001),
                "{nth}: {:?}",
                started.elapsed()
            );
            FINISHED.fetch_add(1, Ordering::Relaxed);
        });
    }
    while let Some(joined) = calls.join_next().await {
        joined.expect("no call took longer");
    }
    assert_eq!(FINISHED.load(Ordering::Relaxed), 200);
}

/// A timer cannot be armed where there is no runtime: tokio panics.
#[test]
fn a_body_that_is_ready_at_once_arms_no_timer() {
    #[retry(idempotent)]
    #[timeout(total = "2s", attempt = "1s")]
    #[breaker]
    #[bulkhead(1, wait = "500ms")]
    async fn everything(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[timeout("2s")]
    #[breaker]
    #[bulkhead(1, wait = "500ms")]
    async fn once(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([OK]);
    assert!(poll_once(second(&service)).is_ready());
    assert!(poll_once(everything(&service)).is_ready());
    assert!(poll_once(once(&service)).is_ready());
    let hanging = Service::new([HANGS]);
    let armed = std::panic::catch_unwind(|| poll_once(second(&hanging)).is_pending());
    assert!(armed.is_err(), "it is armed as soon as the body is pending");
}

#[resilient_runtime::test]
async fn a_body_that_is_woken_often_is_cut_off_all_the_same() {
    #[timeout("100ms")]
    async fn busy() -> Result<u32, Error> {
        loop {
            sleep(ms(1)).await;
        }
    }
    let started = Instant::now();
    assert!(busy().await.is_err());
    assert_eq!(started.elapsed(), ms(100));
}
