//! Panics: in the body, in the user's predicates and hooks, in observers.

use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use resilient_runtime::breaker::Phase;
use resilient_runtime::{
    Failure, Rejected, Scope, breaker, bulkhead, idempotency_key, retry, timeout,
};
use resilient_tests::events::Events;
use resilient_tests::look;
use resilient_tests::service::{BUSY, Error, LOST, OK, PANICS, Service, fails, ms};
use tokio::time::{Instant, sleep};

/// Whether it panicked, with this text.
async fn panicked<T>(text: &str, call: impl Future<Output = T>) -> bool {
    match AssertUnwindSafe(call).catch_unwind().await {
        Ok(_) => false,
        Err(panic) => panic
            .downcast_ref::<&str>()
            .is_some_and(|said| *said == text),
    }
}

const SCRIPT: &str = "the script says so";

#[retry(idempotent, jitter(none))]
#[timeout(total = "900ms", attempt = "300ms")]
#[breaker(consecutive = 3, open = "1s")]
#[bulkhead("panics", 1)]
async fn call(service: &Service) -> Result<u32, Error> {
    service.call().await
}

fn assert_nothing_is_held() {
    for bulkhead in look::listings("bulkhead", "") {
        let resilient_runtime::registry::Live::Bulkhead(bulkhead) = bulkhead.live else {
            unreachable!()
        };
        assert_eq!((bulkhead.in_flight, bulkhead.queued), (0, 0));
    }
    for breaker in look::listings("breaker", "") {
        let resilient_runtime::registry::Live::Breaker(breaker) = breaker.live else {
            unreachable!()
        };
        assert_eq!(breaker.probes, 0);
    }
}

#[resilient_runtime::test]
async fn a_panic_in_the_body_reaches_the_caller_and_is_not_repeated() {
    let service = Service::new([PANICS.after(ms(5))]);
    assert!(panicked(SCRIPT, call(&service)).await);
    assert_eq!(service.calls(), 1);
    assert_nothing_is_held();
    assert_eq!(call(&Service::new([OK])).await, Ok(1));
}

#[resilient_runtime::test]
async fn a_panic_is_a_failure_for_the_breaker() {
    for _ in 0..3 {
        assert!(panicked(SCRIPT, call(&Service::new([PANICS.after(ms(5))]))).await);
    }
    assert_eq!(
        look::breaker("::call@").phase,
        Phase::Open,
        "three unknown outcomes in a row"
    );
    sleep(ms(1_000)).await;
    assert!(
        panicked(SCRIPT, call(&Service::new([PANICS]))).await,
        "a probe"
    );
    assert_eq!(look::breaker("::call@").phase, Phase::Open);
    assert_nothing_is_held();
    sleep(ms(2_000)).await;
    assert_eq!(call(&Service::new([OK])).await, Ok(1));
    assert_eq!(look::breaker("::call@").phase, Phase::Closed);
}

/// A function whose every callback may panic, in the call with this number.
mod callbacks {
    use super::{Error, Failure, Rejected, Service, breaker, bulkhead, retry};
    use resilient_runtime::Classify;

    fn at(error: &Error, nth: u32) -> bool {
        matches!(error, Error::Answered { call, .. } if *call == nth)
    }

    pub(super) fn classify(error: &Error) -> Failure {
        assert!(!at(error, 1), "classify");
        error.failure()
    }
    pub(super) fn ignore(error: &Error) -> bool {
        assert!(!at(error, 2), "ignore");
        false
    }
    pub(super) fn when(error: &Error) -> bool {
        assert!(!at(error, 3), "when");
        false
    }
    pub(super) fn failed(answer: &impl PartialEq<u32>) -> Option<Failure> {
        assert!(*answer != 4, "failed");
        None
    }
    pub(super) fn rejected(_rejected: Rejected) -> Error {
        panic!("rejected")
    }

    #[retry(
        idempotent,
        budget(none),
        classify(classify),
        when(when),
        failed(failed),
        rejected(rejected)
    )]
    #[breaker("callbacks", consecutive = 100, ignore(ignore))]
    #[bulkhead("callbacks", 1)]
    pub(super) async fn call(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
}

#[resilient_runtime::test]
async fn a_panic_in_a_predicate_leaves_nothing_behind() {
    let service = Service::new([fails(LOST), fails(LOST), fails(LOST), OK]);
    for (text, failures) in [("classify", 1), ("ignore", 2), ("when", 3), ("failed", 4)] {
        assert!(panicked(text, callbacks::call(&service)).await, "{text}");
        assert_nothing_is_held();
        assert_eq!(
            look::breaker("callbacks").failures,
            failures,
            "{text}: its outcome is unknown"
        );
    }
    assert_eq!(callbacks::call(&service).await, Ok(5));
    let holder = async {
        let holder = Service::new([OK.after(ms(10))]);
        callbacks::call(&holder).await
    };
    let (held, refused) = tokio::join!(holder, panicked("rejected", callbacks::call(&service)));
    assert!(held.is_ok() && refused);
    assert_nothing_is_held();
}

#[resilient_runtime::test]
async fn a_panic_in_before_retry_or_in_cloning_an_argument_leaves_nothing_behind() {
    async fn hook(_service: &Service, _argument: Fragile) {
        panic!("hook");
    }
    struct Fragile(bool);
    impl Fragile {
        fn into_inner(self) -> bool {
            self.0
        }
    }
    impl Clone for Fragile {
        fn clone(&self) -> Self {
            assert!(!self.0, "clone");
            Self(self.0)
        }
    }
    #[retry(idempotent, clone(argument), before_retry(hook))]
    #[bulkhead(1)]
    async fn repeated(service: &Service, argument: Fragile) -> Result<u32, Error> {
        service
            .call()
            .await
            .map(|call| call + u32::from(argument.into_inner()))
    }
    for (text, fragile) in [("hook", false), ("clone", true)] {
        let service = Service::new([fails(BUSY)]);
        assert!(
            panicked(text, repeated(&service, Fragile(fragile))).await,
            "{text}"
        );
        assert_nothing_is_held();
    }
    let budget = look::budget("::repeated@");
    assert!(
        (budget.tokens - 5.0).abs() < f64::EPSILON,
        "the repeat was not sent: {budget:?}"
    );
}

#[bulkhead(1)]
async fn plain(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn a_panic_in_an_observer_reaches_nobody() {
    Scope::current().observe(|_| panic!("observer"));
    let events = Events::record();
    let service = Service::new([fails(BUSY), OK]);
    assert_eq!(call(&service).await, Ok(2));
    for _ in 0..3 {
        let _ = call(&Service::new([fails(LOST)])).await;
    }
    assert_eq!(look::breaker("::call@").phase, Phase::Open);
    assert!(events.lines().len() > 5, "the others are told");
    // Told of an attempt that is dropped by a panic, it panics within a panic.
    assert!(panicked(SCRIPT, plain(&Service::new([PANICS.after(ms(5))]))).await);
    assert_eq!(events.with("plain: attempt 1 was dropped").len(), 1);
    assert_nothing_is_held();
}

#[resilient_runtime::test]
async fn a_panic_leaves_no_limit_key_or_count_to_the_thread() {
    #[timeout("10s")]
    async fn limit(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[retry(idempotency_key)]
    #[timeout(total = "100ms", unknown(to_caller))]
    async fn panics(service: &Service) -> Result<u32, Error> {
        assert!(idempotency_key().is_some());
        service.call().await
    }
    assert!(panicked(SCRIPT, panics(&Service::new([PANICS.after(ms(5))]))).await);
    assert_eq!(idempotency_key(), None);
    let started = Instant::now();
    assert_eq!(limit(&Service::new([OK.after(ms(9_000))])).await, Ok(1));
    assert_eq!(started.elapsed(), ms(9_000), "not cut off by what is gone");
}
