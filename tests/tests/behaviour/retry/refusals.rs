//! A breaker or bulkhead that refuses ends the loop at once.

use resilient_runtime::rejected::Kind;
use resilient_runtime::{breaker, bulkhead, retry};
use resilient_tests::events::Events;
use resilient_tests::look;
use resilient_tests::service::{Error, HANGS, LOST, NOT_SENT, OK, Service, fails, ms};
use tokio::time::Instant;

#[retry(idempotent, attempts = 5, jitter(none), budget(none))]
#[breaker("refusals", consecutive = 1, open = "10s")]
async fn broken(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn an_open_breaker_ends_the_loop_with_the_error_of_the_last_attempt() {
    let (service, started) = (Service::new([fails(LOST)]), Instant::now());
    assert_eq!(
        broken(&service).await,
        Err(Error::answered(LOST, 1)),
        "not the refusal"
    );
    assert_eq!(
        (service.calls(), started.elapsed()),
        (1, ms(100)),
        "no other backoff follows"
    );
}

#[resilient_runtime::test]
async fn without_an_attempt_the_caller_gets_the_refusal_and_no_backoff() {
    let service = Service::new([fails(LOST)]);
    let _ = broken(&service).await;
    let started = Instant::now();
    let refused = broken(&service).await.expect_err("it is open");
    assert!(
        matches!(
            refused.kind(),
            Kind::BreakerOpen {
                retry_after: Some(_)
            }
        ),
        "{refused:?}"
    );
    assert!(refused.is_refusal());
    assert_eq!((service.calls(), started.elapsed()), (1, ms(0)));
}

#[resilient_runtime::test]
async fn a_bulkhead_that_is_full_at_the_repeat_ends_the_loop_with_the_error_of_the_last_attempt() {
    #[retry(read_only, jitter(none), budget(none))]
    #[bulkhead(1)]
    async fn limited(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let events = Events::record();
    let (service, other) = (
        Service::new([fails(NOT_SENT)]),
        Service::new([OK.after(ms(500))]),
    );
    let later = async {
        tokio::time::sleep(ms(50)).await;
        limited(&other).await
    };
    let (answer, later) = tokio::join!(limited(&service), later);
    assert_eq!(
        answer,
        Err(Error::answered(NOT_SENT, 1)),
        "of a read too: the refusal says nothing about the call"
    );
    assert_eq!((later, service.calls()), (Ok(1), 1));
    assert_eq!(events.with("attempt 2 refused").len(), 1);
}

/// B24: a permit held during backoff would let one failing call keep all others out.
#[resilient_runtime::test]
async fn nothing_is_held_during_backoff() {
    #[retry(
        idempotent,
        attempts = 2,
        backoff(fixed, "1s"),
        jitter(none),
        budget(none)
    )]
    #[bulkhead(1)]
    async fn limited(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let failing = Service::new([fails(NOT_SENT).after(ms(100)), OK]);
    let others = Service::new([OK.after(ms(100))]);
    let meanwhile = async {
        tokio::time::sleep(ms(50)).await;
        assert_eq!(look::bulkhead("limited").in_flight, 1);
        for _ in 0..5 {
            tokio::time::sleep(ms(60)).await;
            assert_eq!(look::bulkhead("limited").in_flight, 0);
            assert!(limited(&others).await.is_ok());
        }
    };
    let (answer, ()) = tokio::join!(limited(&failing), meanwhile);
    assert_eq!(answer, Ok(2));
}

#[resilient_runtime::test]
async fn refusals_are_no_attempts() {
    #[retry(idempotent, attempts = 2, jitter(none))]
    #[bulkhead(1)]
    async fn limited(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let (hanging, service) = (Service::new([HANGS]), Service::new([OK]));
    assert_eq!(
        limited(&Service::new([OK])).await,
        Ok(1),
        "what was never used is not listed"
    );
    let events = Events::record();
    tokio::select! {
        biased;
        _ = limited(&hanging) => unreachable!("it hangs"),
        refused = limited(&service) => assert!(refused.is_err_and(|error| error.is_refusal())),
    }
    assert_eq!(service.calls(), 0);
    let budget = look::budget("limited");
    assert_eq!((budget.repeats, budget.refused), (0, 0));
    assert!(
        events.with("attempt 1 ok").is_empty(),
        "{:?}",
        events.lines()
    );
}
