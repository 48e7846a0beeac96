//! Which outcomes of a hidden payment leave the retry around it free to repeat.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use resilient_runtime::{
    assume_idempotent, breaker, bulkhead, idempotent, non_idempotent, retry, timeout,
};
use resilient_tests::look;
use resilient_tests::service::{
    BUSY, DECLINED, Error, HANGS, LOST, NOT_SENT, OK, Service, Step, fails, ms,
};

use super::charge;

/// How often the service is called when a retry is around an unannotated function around this call.
macro_rules! attempts {
    ($service:expr, $call:expr) => {{
        #[retry(idempotent, jitter(none), budget(none))]
        async fn repeated(service: &Service) -> Result<u32, Error> {
            helper(service).await
        }
        async fn helper(service: &Service) -> Result<u32, Error> {
            // Whatever became of the payment, something else fails in a way that would be repeated.
            let _ = $call(service).await;
            Err(Error::answered(BUSY, 0))
        }
        let service: &Service = $service;
        assert_eq!(repeated(service).await, Err(Error::answered(BUSY, 0)));
        service.calls()
    }};
}

#[breaker(consecutive = 100)]
#[non_idempotent]
async fn guarded(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[timeout("1s", unknown(to_caller))]
#[non_idempotent]
async fn limited(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[retry(not_sent, attempts = 2, jitter(none), budget(none))]
async fn twice(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn a_payment_that_was_certainly_not_sent_may_be_repeated() {
    assert_eq!(attempts!(&Service::new([fails(NOT_SENT)]), charge), 3);
    assert_eq!(attempts!(&Service::new([fails(NOT_SENT)]), guarded), 3);
    assert_eq!(attempts!(&Service::new([fails(NOT_SENT)]), limited), 3);
    assert_eq!(attempts!(&Service::new([fails(NOT_SENT)]), twice), 6);
}

/// As `retry(not_sent)` itself: the words of an answer prove less than a connection that was never made.
#[resilient_runtime::test]
async fn a_payment_that_was_answered_with_an_error_is_not_repeated() {
    for failure in [BUSY, DECLINED] {
        let services = [(); 2].map(|()| Service::new([fails(failure)]));
        assert_eq!(attempts!(&services[0], charge), 1, "{failure}");
        assert_eq!(attempts!(&services[1], guarded), 1, "{failure}");
    }
}

#[resilient_runtime::test]
async fn a_payment_that_was_or_may_have_been_carried_out_is_not_repeated() {
    let steps: [Step; 3] = [OK, fails(LOST), OK.after(ms(10))];
    for step in steps {
        assert_eq!(attempts!(&Service::new([step]), charge), 1, "{step:?}");
        assert_eq!(attempts!(&Service::new([step]), guarded), 1, "{step:?}");
        assert_eq!(attempts!(&Service::new([step]), limited), 1, "{step:?}");
        assert_eq!(attempts!(&Service::new([step]), twice), 1, "{step:?}");
    }
    assert_eq!(attempts!(&Service::new([HANGS]), limited), 1, "cut off");
    let not_sent_then_lost = Service::new([fails(NOT_SENT), fails(LOST), fails(NOT_SENT)]);
    assert_eq!(
        attempts!(&not_sent_then_lost, guarded),
        2,
        "the second attempt is the last"
    );
}

#[resilient_runtime::test]
async fn a_payment_refused_by_a_policy_of_its_own_was_not_sent() {
    #[bulkhead("payments-guard", 1)]
    #[non_idempotent]
    async fn one_at_a_time(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[retry(idempotent, jitter(none), budget(none))]
    async fn repeated(service: &Service, attempts: &Service) -> Result<u32, Error> {
        helper(service, attempts).await
    }
    async fn helper(service: &Service, attempts: &Service) -> Result<u32, Error> {
        let refused = one_at_a_time(service).await.expect_err("another call runs");
        assert!(refused.is_refusal());
        attempts.call().await
    }
    let (hanging, attempts) = (Service::new([HANGS]), Service::new([fails(BUSY)]));
    tokio::select! {
        biased;
        _ = one_at_a_time(&hanging) => unreachable!("it hangs"),
        _ = repeated(&hanging, &attempts) => {}
    }
    assert_eq!((hanging.calls(), attempts.calls()), (1, 3));
}

#[resilient_runtime::test]
async fn a_retry_that_repeats_what_was_not_sent_repeats_a_plain_payment_that_was_not() {
    #[retry(not_sent, jitter(none), budget(none))]
    async fn pay(service: &Service) -> Result<u32, Error> {
        charge(service).await
    }
    let service = Service::new([fails(NOT_SENT), fails(NOT_SENT), OK]);
    assert_eq!(pay(&service).await, Ok(3));
    let service = Service::new([fails(NOT_SENT), fails(LOST), OK]);
    assert_eq!(pay(&service).await, Err(Error::answered(LOST, 2)));
}

#[resilient_runtime::test]
async fn an_error_that_says_nothing_counts_as_carried_out() {
    #[non_idempotent]
    async fn mute(service: &Service) -> Result<u32, ()> {
        service.call().await.map_err(|_| ())
    }
    #[non_idempotent]
    async fn generic<E: From<Error>>(service: &Service) -> Result<u32, E> {
        Ok(service.call().await?)
    }
    assert_eq!(attempts!(&Service::new([fails(NOT_SENT)]), mute), 1);
    assert_eq!(
        attempts!(&Service::new([fails(NOT_SENT)]), generic::<Error>),
        1
    );
}

#[resilient_runtime::test]
async fn an_earlier_payment_in_the_same_attempt_counts_although_the_last_was_not_sent() {
    async fn both(service: &Service) -> Result<u32, Error> {
        guarded(service).await?;
        guarded(service).await
    }
    assert_eq!(attempts!(&Service::new([OK, fails(NOT_SENT)]), both), 2);
}

#[resilient_runtime::test]
async fn what_was_vouched_for_does_not_count() {
    async fn assumed(service: &Service) -> Result<u32, Error> {
        assume_idempotent(charge(service)).await
    }
    #[idempotent]
    #[retry(idempotent, attempts = 2, budget(none), allow(effect))]
    async fn asks_first(service: &Service) -> Result<u32, Error> {
        charge(service).await
    }
    assert_eq!(attempts!(&Service::new([OK]), assumed), 3);
    assert_eq!(attempts!(&Service::new([OK]), asks_first), 3);
    assert_eq!(
        asks_first(&Service::new([fails(LOST)])).await,
        Err(Error::answered(LOST, 2))
    );
}

#[resilient_runtime::test]
async fn a_panic_does_not_make_a_payment_undone() {
    #[retry(idempotent, jitter(none), budget(none))]
    async fn inner(service: &Service) -> Result<u32, Error> {
        pays_and_panics(service).await
    }
    async fn pays_and_panics(service: &Service) -> Result<u32, Error> {
        charge(service).await?;
        panic!("behind the payment");
    }
    async fn caught(service: &Service) -> Result<u32, Error> {
        let answer = AssertUnwindSafe(inner(service)).catch_unwind().await;
        assert!(answer.is_err(), "it panics");
        Err(Error::answered(BUSY, 0))
    }
    assert_eq!(attempts!(&Service::new([OK]), caught), 1);
}

#[resilient_runtime::test]
async fn a_write_is_not_sent_only_when_none_of_its_attempts_was() {
    #[retry(idempotency_key, attempts = 2, jitter(none), budget(none))]
    async fn keyed(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([fails(NOT_SENT), fails(NOT_SENT), fails(NOT_SENT)]);
    assert_eq!(attempts!(&service, keyed), 6);
    let service = Service::new([fails(BUSY), fails(NOT_SENT)]);
    assert_eq!(
        attempts!(&service, keyed),
        2,
        "the first attempt was answered"
    );
}

/// Another call inside had the word before.
#[resilient_runtime::test]
async fn a_write_that_succeeds_is_carried_out_whatever_a_read_in_it_said() {
    #[breaker(consecutive = 100)]
    async fn ask_first(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[retry(idempotency_key, attempts = 2, jitter(none), budget(none))]
    async fn keyed(service: &Service) -> Result<u32, Error> {
        assert!(ask_first(&Service::new([fails(NOT_SENT)])).await.is_err());
        service.call().await
    }
    #[bulkhead("asks-first", 1)]
    #[non_idempotent]
    async fn limited(service: &Service) -> Result<u32, Error> {
        assert!(ask_first(&Service::new([fails(NOT_SENT)])).await.is_err());
        service.call().await
    }
    #[non_idempotent]
    async fn plain(service: &Service) -> Result<u32, Error> {
        assert!(ask_first(&Service::new([fails(NOT_SENT)])).await.is_err());
        service.call().await
    }
    assert_eq!(attempts!(&Service::new([OK]), keyed), 1);
    assert_eq!(attempts!(&Service::new([OK]), limited), 1);
    assert_eq!(attempts!(&Service::new([OK]), plain), 1);
}

/// The last word of a call is its own, also when its budget has it.
#[resilient_runtime::test]
async fn a_write_that_gives_up_after_its_backoff_stays_unknown() {
    #[breaker(consecutive = 100)]
    async fn ask_first(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[retry(idempotency_key, attempts = 2, jitter(none), budget("dry", save = 2))]
    async fn keyed(service: &Service) -> Result<u32, Error> {
        assert_eq!(ask_first(&Service::new([fails(NOT_SENT)])).await.ok(), None);
        service.call().await
    }
    // After an unknown outcome a repeat costs two, and two is all there is.
    assert!(keyed(&Service::new([fails(LOST)])).await.is_err());
    assert_eq!(attempts!(&Service::new([fails(LOST)]), keyed), 1);
    assert_eq!(look::budget("dry").refused, 1);
}

#[resilient_runtime::test]
async fn a_payment_in_before_retry_is_the_last_thing_that_is_repeated() {
    async fn hook(_service: &Service, payments: &Service) {
        let _ = charge(payments).await;
    }
    #[retry(
        idempotent,
        attempts = 5,
        jitter(none),
        budget(none),
        before_retry(hook)
    )]
    async fn call(service: &Service, payments: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let (service, payments) = (Service::new([fails(BUSY)]), Service::new([OK]));
    assert_eq!(
        call(&service, &payments).await,
        Err(Error::answered(BUSY, 2))
    );
    assert_eq!((service.calls(), payments.calls()), (2, 1));
}
