//! A rate limit among other policies: where its tokens go when another one refuses, panics or is dropped.

use std::sync::Arc;

use resilient_runtime::rejected::Kind;
use resilient_runtime::{breaker, bulkhead, rate_limit, retry, testing};
use resilient_tests::look;
use resilient_tests::polls::give_up_after;
use resilient_tests::service::{BUSY, Error, OK, Service, fails, ms};
use tokio::time::{Instant, sleep};

use super::later;

#[retry(idempotent, backoff(fixed, "10ms"), jitter(none))]
#[rate_limit("10/s", burst = 1, wait = "200ms")]
async fn repeated(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn every_attempt_takes_a_token_and_waits_for_it_like_the_first() {
    let service = Service::new([fails(BUSY), fails(BUSY), OK]);
    assert_eq!(repeated(&service).await, Ok(3));
    assert_eq!(service.starts(), [0, 100, 200]);
}

#[resilient_runtime::test]
async fn a_refusal_ends_the_loop_at_once_with_the_last_answer() {
    #[retry(idempotent, backoff(fixed, "10ms"), jitter(none))]
    #[rate_limit("10/s", burst = 1)]
    async fn refused(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let (service, started) = (Service::new([fails(BUSY), OK]), Instant::now());
    let error = refused(&service)
        .await
        .expect_err("no token for the repeat");
    assert_eq!(
        (error, started.elapsed()),
        (Error::answered(BUSY, 1), ms(10))
    );
    let refused = look::rate_limit("::refused@").rejected;
    assert_eq!((service.calls(), refused), (1, 1));
}

#[rate_limit("10/s", burst = 2)]
#[bulkhead(1)]
async fn narrow(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn a_token_whose_call_the_bulkhead_refused_goes_back() {
    let service = Service::new([OK.after(ms(50))]);
    let refused = later(10, async {
        for _ in 0..5 {
            let error = narrow(&service).await.expect_err("one is in flight");
            assert_eq!(error.kind(), Kind::BulkheadFull);
        }
    });
    let (first, ()) = tokio::join!(narrow(&service), refused);
    assert!(first.is_ok());
    assert!(
        narrow(&service).await.is_ok(),
        "five refusals have cost no token"
    );
}

#[rate_limit("10/s", burst = 2)]
#[bulkhead(1, wait = "200ms")]
async fn narrow_with_a_queue(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn a_token_whose_call_waited_long_for_a_permit_in_vain_is_lost() {
    let service = Service::new([OK.after(ms(250))]);
    let (first, second) =
        tokio::join!(narrow_with_a_queue(&service), narrow_with_a_queue(&service));
    assert!(first.is_ok() && second.is_err());
    // Two came since: no more than the burst.
    assert_eq!(look::rate_limit("::narrow_with_a_queue@").available, 2);
    let held = async {
        tokio::select! {
            _ = narrow_with_a_queue(&service) => panic!("the permit is taken"),
            () = sleep(ms(90)) => {}
        }
    };
    let (third, ()) = tokio::join!(narrow_with_a_queue(&service), held);
    assert!(third.is_ok(), "the one that left early gave its token back");
}

#[rate_limit("10/s", burst = 2)]
#[breaker(consecutive = 1, open = "1s")]
async fn broken(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn an_open_breaker_refuses_before_a_token_is_taken() {
    let service = Service::new([fails(resilient_tests::service::LOST), OK]);
    assert!(broken(&service).await.is_err());
    for _ in 0..5 {
        let error = broken(&service).await.expect_err("it is open");
        assert!(matches!(error.kind(), Kind::BreakerOpen { .. }));
    }
    assert_eq!(look::rate_limit("::broken@").available, 1);
}

#[resilient_runtime::test]
async fn a_panic_in_the_body_leaves_the_queue_in_order() {
    #[rate_limit("panics", "10/s", burst = 1, wait = "300ms")]
    async fn panics(panics: bool) -> Result<u32, Error> {
        assert!(!panics, "on purpose");
        Ok(1)
    }
    let one = tokio::spawn(panics(true));
    let two = tokio::spawn(panics(false));
    assert!(one.await.is_err());
    assert_eq!(two.await.expect("it does not panic"), Ok(1));
}

/// Dropped after every number of polls: in the queue for a token, in the queue for a permit, in the body.
#[test]
fn wherever_a_call_is_dropped_nothing_stays_behind() {
    #[rate_limit("dropped-limit", "10/s", burst = 1, wait = "500ms")]
    #[bulkhead("dropped-limit", 1, wait = "500ms")]
    async fn through_both(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let mut polls = 0;
    loop {
        polls += 1;
        let dropped = testing::run(async move {
            let (slow, service) = (
                Arc::new(Service::new([OK.after(ms(150))])),
                Service::new([OK.after(ms(5))]),
            );
            let first = tokio::spawn({
                let slow = Arc::clone(&slow);
                async move { through_both(&slow).await }
            });
            sleep(ms(1)).await;
            let answer = give_up_after(polls, through_both(&service)).await;
            assert!(first.await.expect("it does not panic").is_ok());
            let (limit, bulkhead) = (
                look::rate_limit("dropped-limit"),
                look::bulkhead("dropped-limit"),
            );
            assert_eq!(
                (limit.queued, bulkhead.in_flight, bulkhead.queued),
                (0, 0, 0),
                "{polls}"
            );
            sleep(ms(200)).await;
            assert_eq!(look::rate_limit("dropped-limit").available, 1, "{polls}");
            assert!(
                through_both(&service).await.is_ok(),
                "{polls}: the next call passes"
            );
            answer.is_none()
        });
        if !dropped {
            break;
        }
    }
    assert!(polls >= 4, "it waited in all three places: {polls}");
}
