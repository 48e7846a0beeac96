//! Calls inside calls inherit the time that is left.

use std::future::Future;

use resilient_runtime::rejected::Kind;
use resilient_runtime::{read_only, retry, timeout};
use resilient_tests::service::{BUSY, Error, HANGS, OK, Service, fails, ms};
use tokio::time::{Instant, sleep};

#[timeout("5s")]
async fn inner(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[timeout("1s")]
async fn outer(service: &Service) -> Result<u32, Error> {
    sleep(ms(700)).await;
    inner(service).await
}

#[resilient_runtime::test]
async fn a_nested_call_never_outlives_the_call_around_it() {
    let (service, started) = (Service::new([HANGS]), Instant::now());
    let error = outer(&service).await.expect_err("it hangs");
    assert_eq!(
        error.kind(),
        Kind::TotalTimeout { limit: ms(1_000) },
        "the limit of the outer call"
    );
    assert_eq!((started.elapsed(), service.unfinished()), (ms(1_000), 1));
    assert_eq!(outer(&Service::new([OK.after(ms(299))])).await, Ok(1));
}

#[resilient_runtime::test]
async fn the_shorter_limit_of_a_nested_call_is_its_own() {
    #[timeout("100ms")]
    async fn short(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[timeout("1s")]
    async fn around(service: &Service) -> Result<u32, Error> {
        assert!(short(service).await.is_err_and(|error| error.is_cut_off()));
        service.call().await
    }
    assert_eq!(around(&Service::new([HANGS, OK])).await, Ok(2));
}

#[resilient_runtime::test]
async fn a_nested_call_that_needs_more_time_than_is_left_is_not_sent() {
    #[timeout("5s", least = "301ms")]
    async fn needs(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[read_only]
    async fn between(service: &Service) -> Result<u32, Error> {
        needs(service).await
    }
    #[timeout("1s")]
    async fn around(service: &Service, already: u64) -> Result<u32, Error> {
        sleep(ms(already)).await;
        between(service).await
    }
    let (service, started) = (Service::new([OK]), Instant::now());
    let error = around(&service, 700).await.expect_err("300 ms are left");
    assert_eq!(
        (error.kind(), started.elapsed()),
        (Kind::DeadlineExceeded, ms(700))
    );
    assert!(error.is_refusal() && service.calls() == 0);
    assert_eq!(around(&service, 699).await, Ok(1));
}

#[resilient_runtime::test]
async fn a_nested_retry_does_not_wait_beyond_the_outer_limit() {
    #[retry(read_only, backoff(fixed, "400ms"), jitter(none), budget(none))]
    async fn repeated(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[timeout("1s")]
    async fn around(service: &Service) -> Result<u32, Error> {
        repeated(service).await
    }
    let (service, started) = (Service::new([fails(BUSY).after(ms(50))]), Instant::now());
    assert_eq!(around(&service).await, Err(Error::answered(BUSY, 3)));
    assert_eq!(service.starts(), [0, 450, 900]);
    assert_eq!(started.elapsed(), ms(950));
    let (service, started) = (Service::new([fails(BUSY).after(ms(310))]), Instant::now());
    assert_eq!(
        around(&service).await.expect_err("cut").kind(),
        Kind::TotalTimeout { limit: ms(1_000) }
    );
    assert_eq!(service.starts(), [0, 710], "it had time left to start");
    assert_eq!(started.elapsed(), ms(1_000));
    let (service, started) = (Service::new([fails(BUSY).after(ms(610))]), Instant::now());
    assert_eq!(around(&service).await, Err(Error::answered(BUSY, 1)));
    assert_eq!(
        started.elapsed(),
        ms(610),
        "another one would start when the time is up"
    );
}

#[resilient_runtime::test]
async fn an_attempts_limit_is_inherited_as_well() {
    #[retry(idempotent, attempts = 2, jitter(none), budget(none))]
    #[timeout(attempt = "1s")]
    async fn around(service: &Service) -> Result<u32, Error> {
        #[timeout("5s", least = "2s")]
        async fn needs(service: &Service) -> Result<u32, Error> {
            service.call().await
        }
        needs(service).await
    }
    let service = Service::new([OK]);
    assert_eq!(
        around(&service).await.expect_err("1 s is left").kind(),
        Kind::DeadlineExceeded
    );
    assert_eq!(service.calls(), 0);
}

#[resilient_runtime::test]
async fn the_limit_ends_with_its_call() {
    assert!(outer(&Service::new([HANGS])).await.is_err());
    let (service, started) = (Service::new([HANGS]), Instant::now());
    assert!(inner(&service).await.is_err());
    assert_eq!(started.elapsed(), ms(5_000));
    // Two calls in flight on one thread keep their limits apart.
    let (service, started) = (Service::new([HANGS]), Instant::now());
    let apart = async {
        let error = inner(&service).await.expect_err("it hangs");
        assert_eq!(
            (error.kind(), started.elapsed()),
            (Kind::TotalTimeout { limit: ms(5_000) }, ms(5_000))
        );
    };
    let (_, ()) = tokio::join!(outer(&service), apart);
}

type Inner<'a> = std::pin::Pin<Box<dyn Future<Output = Result<u32, Error>> + 'a>>;

#[timeout("1s")]
async fn lends_its_time(inner: &mut Inner<'_>) -> Result<u32, Error> {
    inner.await
}

/// A future that was first polled inside a call and outlives it: what it inherited is gone, its own total is not.
#[resilient_runtime::test]
async fn a_call_that_leaves_the_call_around_it_has_its_own_limit_again() {
    let (service, started) = (Service::new([HANGS]), Instant::now());
    let mut left: Inner<'_> = Box::pin(inner(&service));
    let cut = lends_its_time(&mut left).await.expect_err("it hangs");
    assert_eq!(
        (cut.kind(), started.elapsed()),
        (Kind::TotalTimeout { limit: ms(1_000) }, ms(1_000))
    );
    let error = left.await.expect_err("it still hangs");
    assert_eq!(error.kind(), Kind::TotalTimeout { limit: ms(5_000) });
    assert_eq!(started.elapsed(), ms(5_000), "counted from its start");
}

#[resilient_runtime::test]
async fn a_shared_call_is_not_bound_to_the_time_of_the_first_who_asked_for_it() {
    use futures::FutureExt;
    #[timeout("1s")]
    async fn impatient(shared: impl Future<Output = Option<u32>>) -> Result<Option<u32>, Error> {
        Ok(shared.await)
    }
    let service = Service::new([HANGS]);
    let shared = async { inner(&service).await.ok() }.boxed_local().shared();
    let started = Instant::now();
    let patient = async { (shared.clone().await, started.elapsed()) };
    let (impatient, patient) = tokio::join!(impatient(shared.clone()), patient);
    assert!(impatient.is_err());
    assert_eq!(patient, (None, ms(5_000)));
}

#[resilient_runtime::test]
async fn every_call_in_a_chain_that_leaves_has_its_own_limit_again() {
    #[timeout("3s")]
    async fn innermost(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[timeout("5s")]
    async fn middle(service: &Service) -> Result<u32, Error> {
        innermost(service).await
    }
    let (service, started) = (Service::new([HANGS]), Instant::now());
    let mut left: Inner<'_> = Box::pin(middle(&service));
    assert!(lends_its_time(&mut left).await.is_err());
    let error = left.await.expect_err("it still hangs");
    assert_eq!(error.kind(), Kind::TotalTimeout { limit: ms(3_000) });
    assert_eq!(started.elapsed(), ms(3_000));
}

#[resilient_runtime::test]
async fn a_retry_that_leaves_the_call_around_it_goes_on() {
    #[retry(idempotent, attempts = 2, backoff(fixed, "2s"), jitter(none))]
    async fn repeated(service: &Service) -> Result<u32, Error> {
        inner(service).await
    }
    let service = Service::new([fails(BUSY).after(ms(1_500)), OK]);
    let mut left: Inner<'_> = Box::pin(repeated(&service));
    assert!(lends_its_time(&mut left).await.is_err());
    assert_eq!(left.await, Ok(2));
    assert_eq!(service.starts(), [0, 3_500]);

    // It leaves during its backoff.
    let service = Service::new([fails(BUSY).after(ms(500)), OK]);
    let mut left: Inner<'_> = Box::pin(repeated_soon(&service));
    assert!(lends_its_time(&mut left).await.is_err());
    assert_eq!(left.await, Ok(2));
    assert_eq!(service.starts(), [0, 900]);
}

#[retry(idempotent, attempts = 2, backoff(fixed, "400ms"), jitter(none))]
#[timeout(total = "5s", attempt = "2s", least = "50ms")]
async fn repeated_soon(service: &Service) -> Result<u32, Error> {
    let answer = service.call().await?;
    sleep(ms(300)).await;
    Ok(answer)
}

#[resilient_runtime::test]
async fn a_hook_of_a_call_that_left_during_its_backoff_has_the_calls_own_time() {
    async fn refresh(_service: &Service) {
        sleep(ms(300)).await;
    }
    #[retry(
        idempotent,
        attempts = 2,
        backoff(fixed, "400ms"),
        jitter(none),
        before_retry(refresh)
    )]
    #[timeout(total = "5s", attempt = "2s", least = "50ms")]
    async fn refreshed(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([fails(BUSY).after(ms(500)), OK]);
    let mut left: Inner<'_> = Box::pin(refreshed(&service));
    assert!(
        tokio::time::timeout(ms(600), lends_its_time(&mut left))
            .await
            .is_err()
    );
    assert_eq!(left.await, Ok(2));
    assert_eq!(service.starts(), [0, 1_200]);
}
