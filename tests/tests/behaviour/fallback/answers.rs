//! What the caller gets: the fallback's answer, or the call's own error when the fallback fails too.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU32, Ordering};

use futures::FutureExt as _;
use resilient_runtime::{Failure, fallback, idempotent, non_idempotent, read_only, retry};
use resilient_tests::events::Events;
use resilient_tests::polls::give_up_after;
use resilient_tests::service::{
    BUSY, DECLINED, Error, HANGS, LOST, NOT_SENT, OK, PANICS, Service, Step, fails,
};

#[read_only]
async fn stored(services: &[Service; 2]) -> Result<u32, Error> {
    services[1].call().await.map(|n| n + 98)
}
#[idempotent]
async fn kept_for_later(services: &[Service; 2]) -> Result<u32, Error> {
    services[1].call().await.map(|n| n + 98)
}

#[read_only]
#[fallback(stored)]
async fn look(services: &[Service; 2]) -> Result<u32, Error> {
    services[0].call().await
}
#[idempotent]
#[fallback(kept_for_later)]
async fn put(services: &[Service; 2]) -> Result<u32, Error> {
    services[0].call().await
}

fn services(first: Failure, second: Step) -> [Service; 2] {
    [Service::new([fails(first)]), Service::new([second])]
}

#[resilient_runtime::test]
async fn the_answer_of_the_fallback_is_the_functions_answer() {
    let events = Events::record();
    assert_eq!(look(&services(LOST, OK)).await, Ok(99));
    assert_eq!(put(&services(BUSY, OK)).await, Ok(99));
    assert_eq!(
        events.with("fallback"),
        [
            "look: failed (Unknown), the fallback answered",
            "put: failed (Transient { retry_after: None }), the fallback answered"
        ]
    );
}

#[resilient_runtime::test]
async fn when_the_fallback_fails_too_the_caller_hears_why_the_service_did() {
    for second in [
        NOT_SENT,
        BUSY,
        DECLINED,
        Failure::Rejected { retry_after: None },
    ] {
        let events = Events::record();
        assert_eq!(
            look(&services(BUSY, fails(second))).await,
            Err(Error::answered(BUSY, 1))
        );
        assert_eq!(
            put(&services(NOT_SENT, fails(second))).await,
            Err(Error::answered(NOT_SENT, 1))
        );
        let line = format!("put: failed (NotSent), the fallback failed too ({second:?})");
        assert_eq!(events.with("put: failed (NotSent), the"), [line]);
    }
    assert_eq!(
        look(&services(BUSY, fails(LOST))).await,
        Err(Error::answered(BUSY, 1)),
        "a read"
    );
}

#[resilient_runtime::test]
async fn a_write_of_the_fallback_whose_outcome_is_unknown_is_not_hidden() {
    let services = services(NOT_SENT, fails(LOST));
    assert_eq!(put(&services).await, Err(Error::answered(LOST, 1)));
}

#[resilient_runtime::test]
async fn the_default_of_an_answer_needs_no_function() {
    #[read_only]
    #[fallback(default)]
    async fn names(service: Service) -> Result<Vec<String>, Error> {
        let n = service.call().await?;
        drop(service);
        Ok(vec![n.to_string()])
    }
    assert_eq!(names(Service::new([fails(LOST)])).await, Ok(Vec::new()));
    assert_eq!(names(Service::new([OK])).await, Ok(vec!["1".to_owned()]));
}

#[resilient_runtime::test]
async fn a_plain_function_answers_as_well_as_an_async_one() {
    struct Client {
        service: Service,
        last: AtomicU32,
    }
    impl Client {
        fn last(&self, currency: &str) -> Result<u32, Error> {
            assert_eq!(currency, "EUR");
            match self.last.load(Ordering::Relaxed) {
                0 => Err(Error::answered(DECLINED, 0)),
                last => Ok(last),
            }
        }
        #[read_only]
        #[fallback(Self::last)]
        async fn rate(&self, currency: &str) -> Result<u32, Error> {
            assert_eq!(currency, "EUR");
            let rate = self.service.call().await?;
            self.last.store(rate, Ordering::Relaxed);
            Ok(rate)
        }
    }
    let (service, last) = (
        Service::new([fails(LOST), OK, fails(LOST)]),
        AtomicU32::new(0),
    );
    let client = Client { service, last };
    assert_eq!(
        client.rate("EUR").await,
        Err(Error::answered(LOST, 1)),
        "nothing stored yet"
    );
    assert_eq!(client.rate("EUR").await, Ok(2));
    assert_eq!(client.rate("EUR").await, Ok(2), "stored");
}

#[resilient_runtime::test]
async fn a_retry_around_it_does_not_repeat_what_the_fallback_did() {
    #[non_idempotent]
    async fn order(services: &[Service; 2]) -> Result<u32, Error> {
        services[1].call().await
    }
    #[non_idempotent]
    #[fallback(order)]
    async fn pay(services: &[Service; 2]) -> Result<u32, Error> {
        services[0].call().await
    }
    async fn helper(services: &[Service; 2]) -> Result<u32, Error> {
        let _ = pay(services).await;
        Err(Error::answered(BUSY, 0))
    }
    #[retry(idempotent, attempts = 3, budget(none))]
    async fn repeated(services: &[Service; 2]) -> Result<u32, Error> {
        helper(services).await
    }
    for (second, attempts) in [(OK, 1), (fails(LOST), 1), (fails(NOT_SENT), 3)] {
        let services = services(NOT_SENT, second);
        assert!(repeated(&services).await.is_err());
        assert_eq!(services[1].calls(), attempts, "{second:?}");
    }
}

#[resilient_runtime::test]
async fn a_fallback_that_was_dropped_or_panicked_leaves_nothing_behind() {
    let hanging = services(LOST, HANGS);
    assert_eq!(give_up_after(1, look(&hanging)).await, None);
    assert_eq!((hanging[0].in_flight(), hanging[1].unfinished()), (0, 1));
    let panicking = services(LOST, PANICS);
    assert!(
        AssertUnwindSafe(look(&panicking))
            .catch_unwind()
            .await
            .is_err()
    );
    assert_eq!(look(&services(LOST, OK)).await, Ok(99));
}
