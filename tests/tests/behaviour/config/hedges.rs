//! Hedges: sent later, more often or not at all, because somebody outside of the program says so.

use resilient_runtime::config::{Config, Target};
use resilient_runtime::{dependency, hedge, read_only, registry, retry};
use resilient_tests::look;
use resilient_tests::service::{Error, OK, Service, ms};
use tokio::time::Instant;

use super::{file, variable};

const CALL: &str = "behaviour::config::hedges::hedged";

#[hedge(after = "80ms")]
#[read_only]
async fn hedged(service: &Service) -> Result<u32, Error> {
    service.call().await
}

/// A call whose first lane takes 500 ms, and every hedge 10: how long it took, and how often it was sent.
async fn takes<F: Future<Output = Result<u32, Error>>>(
    service: &Service,
    call: F,
) -> (std::time::Duration, u32) {
    let start = Instant::now();
    assert!(call.await.is_ok());
    (start.elapsed(), service.calls())
}

fn unlucky() -> Service {
    Service::new([OK.after(ms(500)), OK.after(ms(10))])
}

#[resilient_runtime::test]
async fn another_wait_holds_from_the_next_call_on_and_falls_back_with_its_file() {
    let service = unlucky();
    assert_eq!(takes(&service, hedged(&service)).await, (ms(90), 2));
    file(&format!("[call.\"{CALL}\"]\nhedge.after = \"200ms\"")).unwrap();
    let service = unlucky();
    assert_eq!(takes(&service, hedged(&service)).await, (ms(210), 2));
    let listing = look::listing("hedge", "::hedged@");
    assert_eq!(
        listing.overrides[0].to_string(),
        format!("call `{CALL}`: hedge.after = 200ms (file, line 2:1)").replace("2:1", "2:7")
    );
    file("").unwrap();
    let service = unlucky();
    assert_eq!(takes(&service, hedged(&service)).await, (ms(90), 2));
}

#[resilient_runtime::test]
async fn none_at_all_is_the_operators_switch_and_no_error() {
    let target = Target::call(CALL);
    registry().set(&target, "hedge.max", "0").unwrap();
    let service = unlucky();
    assert_eq!(takes(&service, hedged(&service)).await, (ms(500), 1));
    let seen = look::hedge("::hedged@");
    assert_eq!((seen.after, seen.sent, seen.refused), (None, 0, 0));
    assert!(registry().validate().is_ok());
    registry().unset(&target, "hedge.max").unwrap();
    let service = unlucky();
    assert_eq!(takes(&service, hedged(&service)).await, (ms(90), 2));
}

#[resilient_runtime::test]
async fn one_attempt_may_be_sent_more_often_within_the_attributes_bound() {
    variable(
        "RESILIENT_CALL__BEHAVIOUR__CONFIG__HEDGES__HEDGED__HEDGE_MAX",
        "2",
    )
    .unwrap();
    let service = Service::new([OK.after(ms(500)), OK.after(ms(500)), OK.after(ms(10))]);
    assert_eq!(takes(&service, hedged(&service)).await, (ms(170), 3));
    let target = Target::call(CALL);
    let refused = registry().set(&target, "hedge.max", "5").unwrap_err();
    assert!(refused.to_string().contains("1 to 4 times"), "{refused}");
    assert!(registry().set(&target, "hedge.after", "500us").is_err());
    assert!(registry().set(&target, "hedge.after", "2d").is_err());
}

#[resilient_runtime::test]
async fn a_percentile_takes_the_place_of_a_time_and_waits_until_enough_is_known() {
    file(&format!("[call.\"{CALL}\"]\nhedge.after = \"p50\"")).unwrap();
    let service = unlucky();
    assert_eq!(takes(&service, hedged(&service)).await, (ms(500), 1));
    for _ in 0..60 {
        let quick = Service::new([OK.after(ms(20))]);
        assert_eq!(takes(&quick, hedged(&quick)).await, (ms(20), 1));
    }
    let service = unlucky();
    let (time, calls) = takes(&service, hedged(&service)).await;
    assert!(calls == 2 && time < ms(40), "{time:?}");
    Config::from_toml_str("").unwrap().apply().unwrap();
}

#[dependency("hedged-service")]
#[hedge(after = "80ms")]
#[retry(read_only)]
async fn of_a_dependency(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn what_is_said_of_a_dependency_reaches_the_hedges_of_its_functions_and_no_others() {
    file("[dependency.\"behaviour/hedged-service\"]\nhedge.max = 0").unwrap();
    let service = unlucky();
    assert_eq!(
        takes(&service, of_a_dependency(&service)).await,
        (ms(500), 1)
    );
    let service = unlucky();
    assert_eq!(takes(&service, hedged(&service)).await, (ms(90), 2));
    file("[dependency.\"behaviour/hedged-service\"]\nhedge.after = \"100ms\"").unwrap();
    let service = unlucky();
    assert_eq!(
        takes(&service, of_a_dependency(&service)).await,
        (ms(110), 2)
    );
}
