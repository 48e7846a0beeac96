//! The same mistakes where they would be made again: rate limits, hedges, the next provider.

use resilient_runtime::breaker::Phase;
use resilient_runtime::{
    Scope, breaker, bulkhead, failover, hedge, rate_limit, read_only, registry, timeout,
};
use resilient_tests::look;
use resilient_tests::service::{BUSY, DECLINED, Error, HANGS, LOST, OK, Service, fails, ms};
use tokio::time::{Instant, sleep, timeout as give_up};

#[timeout("10s")]
#[rate_limit("b-list-paced", "1/s", burst = 1, wait = "5s")]
async fn paced(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[hedge(after = "80ms")]
#[read_only]
async fn hedged(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[failover(second)]
#[bulkhead("b-list-first", 1)]
#[read_only]
async fn first(own: &Service, _other: &Service) -> Result<u32, Error> {
    own.call().await
}

#[read_only]
async fn second(_own: &Service, other: &Service) -> Result<u32, Error> {
    other.call().await
}

#[resilient_runtime::test]
async fn b03_a_caller_who_leaves_the_queue_takes_no_token_along() {
    let service = Service::new([OK]);
    assert!(paced(&service).await.is_ok());
    assert!(give_up(ms(10), paced(&service)).await.is_err());
    sleep(ms(990)).await;
    let asked = Instant::now();
    assert!(paced(&service).await.is_ok());
    assert_eq!(asked.elapsed(), ms(0), "the token of the one who left");
}

#[resilient_runtime::test]
async fn b05_calls_that_hang_with_their_hedges_and_are_cancelled_open_the_breaker() {
    #[hedge(after = "80ms")]
    #[breaker("b-list-hedged", min_calls = 10, window = 10, consecutive = 100)]
    #[read_only]
    async fn call(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    for _ in 0..50 {
        let _ = give_up(ms(100), call(&Service::new([HANGS]))).await;
    }
    assert_eq!(look::breaker("b-list-hedged").phase, Phase::Open);
}

#[resilient_runtime::test]
async fn b08_no_caller_waits_longer_for_a_token_than_its_limit() {
    #[timeout("1s")]
    #[rate_limit("10/s", burst = 1, wait = "900ms")]
    async fn limited(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let (service, started) = (Service::new([OK.after(ms(600))]), Instant::now());
    futures::future::join_all((0..30).map(|_| limited(&service))).await;
    assert!(started.elapsed() <= ms(1_001), "{:?}", started.elapsed());
    assert!((5..=10).contains(&service.calls()), "{}", service.calls());
}

#[resilient_runtime::test]
async fn b09_a_future_that_is_kept_before_it_is_awaited_is_not_hedged_for_it() {
    let service = Service::new([OK.after(ms(70))]);
    let kept = hedged(&service);
    sleep(ms(5_000)).await;
    assert_eq!((kept.await, service.calls()), (Ok(1), 1));
}

#[resilient_runtime::test]
async fn b15_one_token_lets_one_of_thirty_pass() {
    #[rate_limit("1/s", burst = 1)]
    async fn limited(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([OK]);
    for _ in 0..30 {
        let _ = limited(&service).await;
    }
    assert_eq!(service.calls(), 1);
}

#[resilient_runtime::test]
async fn b21_a_million_keys_of_a_rate_limit_are_not_kept() {
    #[rate_limit("1/h", burst = 1, key(user))]
    async fn keyed(service: &Service, user: u32) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([OK]);
    for user in 0..20_000 {
        let _ = keyed(&service, user).await;
    }
    let listing = look::listing("rate_limit", "::keyed@");
    let keys = listing.keys.expect("it has keys");
    assert_eq!((keys.kept, keys.bound), (1_024, 1_024));
}

#[resilient_runtime::test]
async fn b24_a_call_at_its_second_provider_keeps_nobody_from_the_first() {
    let (own, other) = (
        Service::new([fails(BUSY), OK]),
        Service::new([OK.after(ms(1_000))]),
    );
    let later = async {
        sleep(ms(500)).await;
        first(&own, &other).await
    };
    let answers = tokio::join!(first(&own, &other), later);
    assert_eq!(answers, (Ok(1), Ok(2)));
    assert_eq!((own.calls(), other.calls()), (2, 1));
}

#[resilient_runtime::test]
async fn b25_the_slower_of_two_hedged_attempts_does_not_go_on() {
    let service = Service::new([HANGS, OK]);
    assert_eq!(hedged(&service).await, Ok(2));
    assert_eq!((service.in_flight(), service.unfinished()), (0, 1));
}

#[resilient_runtime::test]
async fn b26_a_listener_of_hedges_and_providers_may_use_everything_it_hears_of() {
    Scope::current().observe(|_| {
        let _ = registry().snapshot();
        let _ = registry().validate();
    });
    assert_eq!(hedged(&Service::new([HANGS, OK])).await, Ok(2));
    let (own, other) = (Service::new([fails(BUSY)]), Service::new([OK]));
    assert_eq!(first(&own, &other).await, Ok(1));
    assert!(paced(&other).await.is_ok());
    assert!(paced(&other).await.is_ok());
}

#[resilient_runtime::test]
async fn b29_an_error_for_good_is_taken_to_no_other_provider() {
    let (own, other) = (Service::new([fails(DECLINED)]), Service::new([OK]));
    assert!(first(&own, &other).await.is_err());
    assert_eq!((own.calls(), other.calls()), (1, 0));
}

#[resilient_runtime::test]
async fn b30_hedges_are_paid_for_so_most_slow_calls_get_none() {
    let mut sent = 0;
    for _ in 0..1_000 {
        let service = Service::new([OK.after(ms(100))]);
        assert!(hedged(&service).await.is_ok());
        sent += service.calls() - 1;
    }
    // Full with five, and a fifth for each of the thousand answers.
    assert!((195..=206).contains(&sent), "{sent}");
}

#[resilient_runtime::test]
async fn b31_the_error_behind_two_providers_is_the_last_ones_own() {
    let (own, other) = (Service::new([fails(LOST)]), Service::new([fails(BUSY)]));
    assert_eq!(first(&own, &other).await, Err(Error::answered(BUSY, 1)));
}
