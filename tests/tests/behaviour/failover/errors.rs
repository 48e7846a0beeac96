//! Which error the caller gets when nobody answers, and what callers further out conclude from it.

use resilient_runtime::{
    Classify, Failure, breaker, failover, idempotent, non_idempotent, read_only, retry,
};
use resilient_tests::service::{BUSY, DECLINED, Error, LOST, NOT_SENT, OK, Service, fails};

const REJECTED: Failure = Failure::Rejected { retry_after: None };

#[read_only]
async fn second(services: &[Service; 3]) -> Result<u32, Error> {
    services[1].call().await
}
#[read_only]
async fn third(services: &[Service; 3]) -> Result<u32, Error> {
    services[2].call().await
}
#[read_only]
#[failover(second, third)]
async fn look(services: &[Service; 3]) -> Result<u32, Error> {
    services[0].call().await
}

/// The place of the provider whose error is returned, from 0.
async fn whose(failures: [Failure; 3]) -> usize {
    let services = failures.map(|failure| Service::new([fails(failure)]));
    let failure = look(&services).await.expect_err("all fail").failure();
    assert_eq!(services.each_ref().map(Service::calls), [1; 3]);
    failures
        .iter()
        .rposition(|other| *other == failure)
        .expect("one of the three")
}

#[resilient_runtime::test]
async fn the_last_real_failure_is_returned() {
    assert_eq!(whose([LOST, BUSY, NOT_SENT]).await, 2);
    assert_eq!(whose([NOT_SENT, LOST, DECLINED]).await, 2);
}

#[resilient_runtime::test]
async fn a_refusal_never_hides_a_real_failure() {
    assert_eq!(whose([LOST, REJECTED, REJECTED]).await, 0);
    assert_eq!(whose([REJECTED, BUSY, REJECTED]).await, 1);
    assert_eq!(whose([REJECTED, REJECTED, LOST]).await, 2);
    assert_eq!(whose([REJECTED, REJECTED, REJECTED]).await, 2);
}

#[resilient_runtime::test]
async fn a_failure_of_the_next_provider_is_none_of_this_functions_breaker() {
    #[read_only]
    #[breaker("own", consecutive = 1)]
    #[failover(second)]
    async fn look(services: &[Service; 3]) -> Result<u32, Error> {
        services[0].call().await
    }
    let services = [fails(NOT_SENT), fails(LOST), OK].map(|step| Service::new([step]));
    for _ in 0..3 {
        assert_eq!(
            look(&services).await.map_err(|error| error.failure()),
            Err(LOST)
        );
    }
    assert_eq!(services[0].calls(), 3, "its breaker is closed");
}

#[resilient_runtime::test]
async fn an_answer_that_failed_is_judged_like_the_functions_own() {
    #[allow(
        clippy::trivially_copy_pass_by_ref,
        reason = "a classifier takes the answer by reference"
    )]
    fn is_odd(answer: &u32) -> Option<Failure> {
        (answer % 2 == 1).then_some(BUSY)
    }
    #[read_only]
    #[failover(second, third, failed(is_odd))]
    async fn look(services: &[Service; 3]) -> Result<u32, Error> {
        services[0].call().await
    }
    let services = [(); 3].map(|()| Service::new([OK]));
    assert_eq!(
        look(&services).await,
        Ok(1),
        "the last one is returned as it is"
    );
    assert_eq!(services.each_ref().map(Service::calls), [1; 3]);
    assert_eq!(look(&services).await, Ok(2));
    assert_eq!(services.each_ref().map(Service::calls), [2, 1, 1]);
}

#[resilient_runtime::test]
async fn a_retry_around_it_hears_whether_anybody_carried_it_out() {
    #[non_idempotent]
    async fn pay_elsewhere(_first: &Service, second: &Service) -> Result<u32, Error> {
        second.call().await
    }
    #[non_idempotent]
    #[failover(pay_elsewhere)]
    async fn pay(first: &Service, _second: &Service) -> Result<u32, Error> {
        first.call().await
    }
    async fn helper(first: &Service, second: &Service) -> Result<u32, Error> {
        let _ = pay(first, second).await;
        Err(Error::answered(BUSY, 0))
    }
    #[retry(idempotent, attempts = 3, budget(none))]
    async fn repeated(first: &Service, second: &Service) -> Result<u32, Error> {
        helper(first, second).await
    }
    for (second, attempts) in [
        (OK, 1),
        (fails(LOST), 1),
        (fails(BUSY), 1),
        (fails(NOT_SENT), 3),
    ] {
        let (first, second) = (Service::new([fails(NOT_SENT)]), Service::new([second]));
        assert!(repeated(&first, &second).await.is_err());
        assert_eq!((first.calls(), second.calls()), (attempts, attempts));
    }
}

#[resilient_runtime::test]
async fn a_hidden_payment_that_may_have_been_made_goes_to_nobody_else() {
    #[non_idempotent]
    async fn charge(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    async fn hidden(first: &Service) -> Result<u32, Error> {
        let _ = charge(first).await;
        Err(Error::answered(NOT_SENT, 0))
    }
    #[idempotent]
    async fn put_elsewhere(_first: &Service, second: &Service) -> Result<u32, Error> {
        second.call().await
    }
    #[idempotent]
    #[failover(put_elsewhere)]
    async fn put(first: &Service, _second: &Service) -> Result<u32, Error> {
        hidden(first).await
    }
    for (step, calls) in [(OK, 0), (fails(LOST), 0), (fails(NOT_SENT), 1)] {
        let (first, second) = (Service::new([step]), Service::new([OK]));
        assert_eq!(put(&first, &second).await.is_ok(), calls == 1);
        assert_eq!(second.calls(), calls, "{step:?}");
    }
}
