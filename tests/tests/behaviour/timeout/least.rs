//! An attempt starts only when so much time is left.

use resilient_runtime::rejected::Kind;
use resilient_runtime::{bulkhead, retry, timeout};
use resilient_tests::service::{Error, HANGS, NOT_SENT, OK, Service, fails, ms};
use tokio::time::{Instant, sleep};

#[resilient_runtime::test]
async fn a_quarter_of_an_attempt_must_be_left_unless_told_otherwise() {
    #[retry(idempotent, backoff(fixed, "50ms"), jitter(none), budget(none))]
    #[timeout(total = "1s", attempt = "400ms")]
    async fn enough(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[retry(idempotent, backoff(fixed, "51ms"), jitter(none), budget(none))]
    #[timeout(total = "1s", attempt = "400ms")]
    async fn too_little(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let (service, started) = (Service::new([HANGS]), Instant::now());
    let error = enough(&service).await.expect_err("it hangs");
    assert_eq!(service.starts(), [0, 450, 900]);
    assert_eq!(
        (error.kind(), started.elapsed()),
        (Kind::TotalTimeout { limit: ms(1_000) }, ms(1_000))
    );
    let (service, started) = (Service::new([HANGS]), Instant::now());
    let error = too_little(&service).await.expect_err("it hangs");
    assert_eq!(
        service.starts(),
        [0, 451],
        "98 ms would be left for a third"
    );
    assert_eq!(
        (error.kind(), started.elapsed()),
        (Kind::AttemptTimeout { limit: ms(400) }, ms(851))
    );
}

#[resilient_runtime::test]
async fn a_write_needs_a_whole_attempt_since_cutting_it_short_leaves_its_outcome_unknown() {
    #[retry(not_sent, backoff(fixed, "250ms"), jitter(none), budget(none))]
    #[timeout(total = "1s", attempt = "400ms", unknown(to_caller))]
    async fn enough(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[retry(not_sent, backoff(fixed, "251ms"), jitter(none), budget(none))]
    #[timeout(total = "1s", attempt = "400ms", unknown(to_caller))]
    async fn too_little(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([fails(NOT_SENT).after(ms(350)), OK]);
    assert_eq!(enough(&service).await, Ok(2));
    let (service, started) = (
        Service::new([fails(NOT_SENT).after(ms(350)), OK]),
        Instant::now(),
    );
    assert_eq!(
        too_little(&service).await,
        Err(Error::answered(NOT_SENT, 1))
    );
    assert_eq!((service.calls(), started.elapsed()), (1, ms(350)));
}

#[resilient_runtime::test]
async fn the_time_that_must_be_left_can_be_set() {
    #[retry(
        idempotent,
        attempts = 5,
        backoff(fixed, "100ms"),
        jitter(none),
        budget(none)
    )]
    #[timeout(total = "1s", attempt = "200ms", least = "150ms")]
    async fn call(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([HANGS]);
    assert!(call(&service).await.is_err());
    assert_eq!(
        service.starts(),
        [0, 300, 600],
        "100 ms would be left for a fourth"
    );
}

#[resilient_runtime::test]
async fn a_call_that_waited_too_long_in_the_queue_is_not_sent() {
    #[timeout("1s", least = "300ms")]
    #[bulkhead(1, wait = "900ms")]
    async fn call(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    for (held, sent) in [(700, true), (701, false)] {
        let service = Service::new([OK.after(ms(held)), OK]);
        let (first, second) = tokio::join!(call(&service), call(&service));
        assert_eq!(first, Ok(1));
        assert_eq!(service.calls() == 2, sent, "with {} ms left", 1_000 - held);
        if !sent {
            let error = second.expect_err("refused");
            assert_eq!(error.kind(), Kind::DeadlineExceeded);
            assert!(error.is_refusal());
        }
        assert_eq!(
            call(&service).await.ok(),
            Some(if sent { 3 } else { 2 }),
            "the permit is back"
        );
    }
}

#[resilient_runtime::test]
async fn an_attempt_for_which_before_retry_left_too_little_time_is_not_sent() {
    async fn slow_refresh(_service: &Service) {
        sleep(ms(700)).await;
    }
    #[retry(
        idempotent,
        backoff(fixed, "50ms"),
        jitter(none),
        budget(none),
        before_retry(slow_refresh)
    )]
    #[timeout(total = "1s", attempt = "500ms", least = "300ms")]
    async fn call(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let (service, started) = (Service::new([fails(NOT_SENT), OK]), Instant::now());
    assert_eq!(call(&service).await, Err(Error::answered(NOT_SENT, 1)));
    assert_eq!((service.calls(), started.elapsed()), (1, ms(750)));
}
