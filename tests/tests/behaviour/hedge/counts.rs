//! What lanes count as: for the breaker, the bulkhead, the budget.

use resilient_runtime::breaker::Phase;
use resilient_runtime::{breaker, bulkhead, hedge, read_only};
use resilient_tests::look;
use resilient_tests::service::{BUSY, Error, HANGS, LOST, OK, Service, fails, ms};
use tokio::time::sleep;

#[hedge(after = "80ms", budget(save = 50))]
#[breaker("counted", min_calls = 3, consecutive = 50)]
#[bulkhead("counted", 2)]
#[read_only]
async fn counted(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn a_loser_counts_as_nothing() {
    for _ in 0..4 {
        let service = Service::new([HANGS, OK.after(ms(10))]);
        assert_eq!(counted(&service).await, Ok(2));
        let service = Service::new([OK.after(ms(100)), HANGS]);
        assert_eq!(counted(&service).await, Ok(1));
    }
    let seen = look::breaker("counted");
    assert_eq!(
        (seen.phase, seen.calls, seen.failures),
        (Phase::Closed, 8, 0),
        "eight winners: {seen:?}"
    );
    assert_eq!(look::bulkhead("counted").in_flight, 0);
}

#[resilient_runtime::test]
async fn every_lane_takes_its_own_permit_and_counts_its_own_failure() {
    let service = Service::new([fails(LOST).after(ms(100)), fails(BUSY).after(ms(50))]);
    let call = counted(&service);
    let look = async {
        sleep(ms(90)).await;
        look::bulkhead("counted").in_flight
    };
    let (answer, in_flight) = tokio::join!(call, look);
    assert!(answer.is_err());
    assert_eq!(in_flight, 2);
    let seen = look::breaker("counted");
    assert_eq!((seen.calls, seen.failures), (2, 2));
    assert_eq!(look::bulkhead("counted").in_flight, 0);
}

#[resilient_runtime::test]
async fn the_permit_of_a_loser_is_back_when_the_winner_answers() {
    for script in [[HANGS, OK.after(ms(10))], [OK.after(ms(100)), HANGS]] {
        let service = Service::new(script);
        assert!(counted(&service).await.is_ok());
        assert_eq!(look::bulkhead("counted").in_flight, 0);
        let service = Service::new([OK]);
        let (one, other) = tokio::join!(counted(&service), counted(&service));
        assert!(one.is_ok() && other.is_ok(), "both permits are free");
    }
}

/// The same, so that the breaker opens by its first failure.
#[hedge(after = "80ms")]
#[breaker("probed", consecutive = 1, open = "1s")]
#[read_only]
async fn probed(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn a_lane_that_opened_the_breaker_does_not_stop_the_other() {
    let service = Service::new([fails(LOST).after(ms(100)), OK.after(ms(100))]);
    assert_eq!(probed(&service).await, Ok(2));
    assert_eq!(
        look::breaker("probed").phase,
        Phase::Open,
        "its answer is of a cycle that is over"
    );
}
