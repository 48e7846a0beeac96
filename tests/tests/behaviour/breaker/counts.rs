//! What counts as a failure.

use resilient_runtime::breaker::Phase;
use resilient_runtime::{Failure, breaker, retry, timeout};
use resilient_tests::look;
use resilient_tests::service::{
    BUSY, DECLINED, Error, HANGS, LOST, NOT_SENT, OK, OVERLOADED, Service, THROTTLED, fails, ms,
};
use tokio::time::{sleep, timeout as give_up};

#[breaker(min_calls = 10, consecutive = 1_000)]
async fn call(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn answers_that_say_no_and_limits_of_ones_own_are_successes_of_the_link() {
    for failure in [DECLINED, THROTTLED] {
        for _ in 0..50 {
            assert!(call(&Service::new([fails(failure)])).await.is_err());
        }
    }
    let seen = look::breaker("::call@");
    assert_eq!(
        (seen.phase, seen.calls, seen.failures),
        (Phase::Closed, 100, 0)
    );
}

#[resilient_runtime::test]
async fn a_rejection_by_a_policy_further_in_counts_as_nothing() {
    for _ in 0..50 {
        let rejected = Failure::Rejected { retry_after: None };
        assert!(call(&Service::new([fails(rejected)])).await.is_err());
    }
    let seen = look::breaker("::call@");
    assert_eq!((seen.phase, seen.calls), (Phase::Closed, 0));
}

#[resilient_runtime::test]
async fn what_may_or_did_fail_for_want_of_the_service_is_a_failure() {
    for failure in [NOT_SENT, LOST, BUSY, OVERLOADED] {
        resilient_runtime::Scope::new()
            .run(async move {
                for _ in 0..10 {
                    assert!(call(&Service::new([fails(failure)])).await.is_err());
                }
                assert_eq!(look::breaker("::call@").phase, Phase::Open, "{failure}");
            })
            .await;
    }
}

#[resilient_runtime::test]
async fn an_ignored_error_counts_as_nothing() {
    fn even(error: &Error) -> bool {
        matches!(error, Error::Answered { call, .. } if call % 2 == 0)
    }
    #[breaker(min_calls = 10, consecutive = 1_000, ignore(even))]
    async fn choosy(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([fails(BUSY)]);
    for _ in 0..18 {
        assert!(choosy(&service).await.is_err());
    }
    let seen = look::breaker("::choosy@");
    assert_eq!(
        (seen.phase, seen.calls, seen.failures),
        (Phase::Closed, 9, 9)
    );
    assert!(choosy(&service).await.is_err());
    assert_eq!(look::breaker("::choosy@").phase, Phase::Open);
}

#[resilient_runtime::test]
async fn an_answer_that_failed_all_the_same_is_a_failure() {
    fn error_page(answer: &impl PartialOrd<u32>) -> Option<Failure> {
        (*answer > 0).then_some(LOST)
    }
    #[breaker(min_calls = 10, consecutive = 1_000, failed(error_page))]
    async fn page(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    for _ in 0..10 {
        assert!(page(&Service::new([OK])).await.is_ok());
    }
    assert_eq!(look::breaker("::page@").phase, Phase::Open);
}

#[resilient_runtime::test]
async fn calls_cut_off_by_a_limit_are_failures() {
    #[timeout("100ms")]
    #[breaker(min_calls = 10, consecutive = 1_000)]
    async fn total(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[retry(
        idempotent,
        attempts = 5,
        backoff(fixed, "1ms"),
        jitter(none),
        budget(none)
    )]
    #[timeout(attempt = "100ms")]
    #[breaker(min_calls = 10, consecutive = 1_000)]
    async fn attempt(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([HANGS]);
    for _ in 0..10 {
        assert!(total(&service).await.is_err());
    }
    assert_eq!(look::breaker("::total@").phase, Phase::Open);
    for _ in 0..2 {
        assert!(attempt(&service).await.is_err());
    }
    assert_eq!(look::breaker("::attempt@").phase, Phase::Open);
    assert_eq!(service.calls(), 20);
}

#[resilient_runtime::test]
async fn slow_answers_are_counted_beside_failures() {
    #[breaker(min_calls = 10, consecutive = 1_000, slow = "100ms", slow_rate = "50%")]
    async fn slow(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    for nth in 0..9 {
        let takes = if nth % 2 == 0 { 100 } else { 99 };
        assert!(slow(&Service::new([OK.after(ms(takes))])).await.is_ok());
    }
    let seen = look::breaker("::slow@");
    assert_eq!(
        (seen.phase, seen.calls, seen.slow, seen.failures),
        (Phase::Closed, 9, 5, 0)
    );
    assert!(slow(&Service::new([OK])).await.is_ok());
    assert_eq!(look::breaker("::slow@").phase, Phase::Open);
}

#[resilient_runtime::test]
async fn five_unknown_outcomes_in_a_row_open_it_and_an_answer_ends_the_row() {
    #[breaker]
    async fn default(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    for _ in 0..4 {
        let _ = default(&Service::new([fails(LOST)])).await;
    }
    let _ = default(&Service::new([fails(DECLINED)])).await;
    for nth in 0..5 {
        assert_eq!(
            look::breaker("::default@").phase,
            Phase::Closed,
            "after {nth}"
        );
        let _ = default(&Service::new([fails(LOST)])).await;
    }
    assert_eq!(look::breaker("::default@").phase, Phase::Open);
}

#[resilient_runtime::test]
async fn one_lost_connection_with_many_calls_in_flight_counts_once_in_a_row() {
    #[breaker]
    async fn default(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([fails(LOST).after(ms(10))]);
    futures::future::join_all((0..15).map(|_| default(&service))).await;
    let seen = look::breaker("::default@");
    assert_eq!(
        (seen.phase, seen.consecutive, seen.failures),
        (Phase::Closed, 1, 15)
    );
}

/// B5: an outer limit that hides a hanging service from the breaker.
#[resilient_runtime::test]
async fn dropped_calls_open_it_only_where_nothing_else_ends() {
    let hanging = Service::new([HANGS]);
    assert!(call(&Service::new([OK])).await.is_ok());
    for _ in 0..30 {
        assert!(give_up(ms(10), call(&hanging)).await.is_err());
    }
    let seen = look::breaker("::call@");
    assert_eq!(
        (seen.phase, seen.calls, seen.abandoned),
        (Phase::Closed, 1, 30),
        "others end"
    );
    sleep(ms(11_000)).await;
    for _ in 0..10 {
        assert_eq!(look::breaker("::call@").phase, Phase::Closed);
        assert!(give_up(ms(10), call(&hanging)).await.is_err());
    }
    assert_eq!(
        look::breaker("::call@").phase,
        Phase::Open,
        "ten were dropped and none ended"
    );
}

/// B1: a window that does not slide.
#[resilient_runtime::test]
async fn old_outcomes_leave_the_window() {
    #[breaker(min_calls = 10, window = 20, consecutive = 1_000)]
    async fn counted(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    for _ in 0..1_000 {
        assert!(counted(&Service::new([OK])).await.is_ok());
        assert!(call(&Service::new([OK])).await.is_ok());
    }
    for nth in 0..10 {
        assert_eq!(
            look::breaker("::counted@").phase,
            Phase::Closed,
            "after {nth}"
        );
        assert!(counted(&Service::new([fails(BUSY)])).await.is_err());
    }
    assert_eq!(
        look::breaker("::counted@").phase,
        Phase::Open,
        "ten of the last twenty"
    );

    sleep(ms(11_000)).await;
    assert_eq!(look::breaker("::call@").calls, 0, "of the last ten seconds");
    for _ in 0..10 {
        assert!(call(&Service::new([fails(BUSY)])).await.is_err());
    }
    assert_eq!(look::breaker("::call@").phase, Phase::Open);
}
