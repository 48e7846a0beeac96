//! Which failures the fallback answers for, for each effect.

use resilient_runtime::{
    Failure, breaker, failover, fallback, idempotent, non_idempotent, read_only, retry, timeout,
};
use resilient_tests::events::Events;
use resilient_tests::service::{
    BUSY, DECLINED, Error, HANGS, LOST, NOT_SENT, OK, OVERLOADED, Service, Step, THROTTLED, fails,
    ms,
};
use tokio::time::Instant;

const REJECTED: Failure = Failure::Rejected { retry_after: None };

async fn cached(_service: &Service) -> Result<u32, Error> {
    tokio::task::yield_now().await;
    Ok(99)
}

#[read_only]
#[fallback(cached)]
async fn look(service: &Service) -> Result<u32, Error> {
    service.call().await
}
#[read_only]
#[fallback(cached, any)]
async fn look_any(service: &Service) -> Result<u32, Error> {
    service.call().await
}
#[idempotent]
#[fallback(cached)]
async fn put(service: &Service) -> Result<u32, Error> {
    service.call().await
}
#[idempotent]
#[fallback(cached, any)]
async fn put_any(service: &Service) -> Result<u32, Error> {
    service.call().await
}
#[non_idempotent]
#[fallback(cached)]
async fn pay(service: &Service) -> Result<u32, Error> {
    service.call().await
}
#[non_idempotent]
#[fallback(default, allow(lost_write))]
async fn pay_default(service: &Service) -> Result<u32, Error> {
    service.call().await
}
#[retry(idempotency_key("17"), attempts = 2, budget(none))]
#[fallback(cached)]
async fn keyed(service: &Service) -> Result<u32, Error> {
    service.call().await
}

/// Whether the fallback answers: for a read, a read with `any`, the kinds of write, and a write with `any`.
async fn answers<const N: usize>(script: [Step; N]) -> (bool, bool, [bool; 4], bool) {
    macro_rules! answers {
        ($call:ident) => {
            matches!($call(&Service::new(script)).await, Ok(0 | 99))
        };
    }
    let writes = [
        answers!(put),
        answers!(pay),
        answers!(pay_default),
        answers!(keyed),
    ];
    (
        answers!(look),
        answers!(look_any),
        writes,
        answers!(put_any),
    )
}

#[resilient_runtime::test]
async fn it_answers_for_whatever_was_certainly_not_carried_out() {
    for failure in [NOT_SENT, REJECTED, BUSY, OVERLOADED, THROTTLED] {
        assert_eq!(
            answers([fails(failure)]).await,
            (true, true, [true; 4], true),
            "{failure}"
        );
    }
}

#[resilient_runtime::test]
async fn it_answers_for_a_lost_answer_of_a_read_and_never_of_a_write() {
    assert_eq!(
        answers([fails(LOST)]).await,
        (true, true, [false; 4], false)
    );
}

#[resilient_runtime::test]
async fn it_answers_for_a_service_that_refused_only_with_any() {
    assert_eq!(
        answers([fails(DECLINED)]).await,
        (false, true, [false; 4], true)
    );
}

#[resilient_runtime::test]
async fn it_is_not_asked_when_the_service_answers() {
    assert_eq!(answers([OK]).await, (false, false, [false; 4], false));
}

#[resilient_runtime::test]
async fn one_lost_answer_among_the_attempts_of_a_write_is_enough() {
    let events = Events::record();
    #[retry(idempotent, attempts = 2, budget(none))]
    #[fallback(cached, any)]
    async fn put(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([fails(LOST), fails(DECLINED)]);
    assert_eq!(put(&service).await, Err(Error::answered(LOST, 1)));
    assert_eq!(
        events.with("fallback"),
        [
            "put: failed (Unknown), the fallback was not asked: the call may have changed something, and nobody knows"
        ]
    );
}

#[resilient_runtime::test]
async fn it_answers_when_the_time_is_up_and_the_time_is_not_its_own() {
    async fn slow(_service: &Service) -> Result<u32, Error> {
        tokio::time::sleep(ms(300)).await;
        Ok(99)
    }
    #[read_only]
    #[timeout("1s")]
    #[fallback(slow)]
    async fn look(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let start = Instant::now();
    assert_eq!(look(&Service::new([HANGS])).await, Ok(99));
    assert_eq!(start.elapsed(), ms(1_300));
}

#[resilient_runtime::test]
async fn the_time_of_a_caller_further_out_is() {
    async fn slow(_service: &Service) -> Result<u32, Error> {
        std::future::pending().await
    }
    #[read_only]
    #[timeout("1s")]
    #[fallback(slow)]
    async fn look(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[read_only]
    #[timeout("2s")]
    async fn outer(service: &Service) -> Result<u32, Error> {
        look(service).await
    }
    let start = Instant::now();
    assert!(
        outer(&Service::new([HANGS]))
            .await
            .expect_err("cut off")
            .is_cut_off()
    );
    assert_eq!(start.elapsed(), ms(2_000));
}

#[resilient_runtime::test]
async fn a_payment_whose_time_is_up_is_not_answered_by_anybody() {
    #[non_idempotent]
    #[timeout("1s", unknown(to_caller))]
    #[fallback(cached)]
    async fn pay(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    assert!(
        pay(&Service::new([HANGS]))
            .await
            .expect_err("unknown")
            .is_cut_off()
    );
}

#[resilient_runtime::test]
async fn it_answers_for_an_open_breaker() {
    #[read_only]
    #[breaker(consecutive = 1)]
    #[fallback(cached)]
    async fn look(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([fails(LOST)]);
    assert_eq!(
        (look(&service).await, look(&service).await),
        (Ok(99), Ok(99))
    );
    assert_eq!(service.calls(), 1, "the second was refused");
}

#[resilient_runtime::test]
async fn it_comes_after_the_last_provider() {
    #[read_only]
    async fn elsewhere(services: &[Service; 2]) -> Result<u32, Error> {
        services[1].call().await
    }
    #[allow(
        clippy::unnecessary_wraps,
        reason = "a fallback answers as the function"
    )]
    fn cached(_services: &[Service; 2]) -> Result<u32, Error> {
        Ok(99)
    }
    #[read_only]
    #[failover(elsewhere)]
    #[fallback(cached)]
    async fn look(services: &[Service; 2]) -> Result<u32, Error> {
        services[0].call().await
    }
    let services = [fails(LOST), OK].map(|step| Service::new([step]));
    assert_eq!(look(&services).await, Ok(1));
    let services = [fails(LOST), fails(BUSY)].map(|step| Service::new([step]));
    assert_eq!(look(&services).await, Ok(99));
    let services = [fails(LOST), fails(DECLINED)].map(|step| Service::new([step]));
    assert_eq!(look(&services).await, Err(Error::answered(DECLINED, 1)));
}

#[resilient_runtime::test]
async fn a_hidden_payment_that_may_have_been_made_is_not_answered_over() {
    #[non_idempotent]
    async fn charge(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    async fn hidden(service: &Service) -> Result<u32, Error> {
        let _ = charge(service).await;
        Err(Error::answered(BUSY, 0))
    }
    #[read_only]
    #[fallback(default)]
    async fn look(service: &Service) -> Result<u32, Error> {
        hidden(service).await
    }
    for (step, expected) in [(OK, None), (fails(LOST), None), (fails(NOT_SENT), Some(0))] {
        assert_eq!(look(&Service::new([step])).await.ok(), expected, "{step:?}");
    }
}
