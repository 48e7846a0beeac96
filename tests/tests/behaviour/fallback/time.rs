//! The fallback stands outside of the call's total time: nothing of this function ends it, but its caller may.

use resilient_runtime::{fallback, read_only, timeout};
use resilient_tests::service::{Error, HANGS, OK, Service, ms};
use tokio::time::Instant;

#[read_only]
async fn stored(services: &[Service; 2]) -> Result<u32, Error> {
    services[1].call().await
}

#[read_only]
#[timeout("1s")]
#[fallback(stored)]
async fn look(services: &[Service; 2]) -> Result<u32, Error> {
    services[0].call().await
}

#[resilient_runtime::test]
async fn it_has_no_limit_of_its_own_and_begins_when_the_total_is_over() {
    let services = [Service::new([HANGS]), Service::new([OK.after(ms(60_000))])];
    let start = Instant::now();
    assert_eq!(look(&services).await, Ok(1));
    assert_eq!(start.elapsed(), ms(61_000));
}

#[read_only]
#[timeout("5s")]
async fn page(services: &[Service; 2]) -> Result<u32, Error> {
    look(services).await
}

#[resilient_runtime::test]
async fn the_time_of_a_caller_holds_for_it_too() {
    let services = [Service::new([HANGS]), Service::new([HANGS])];
    let start = Instant::now();
    assert!(page(&services).await.is_err());
    assert_eq!(start.elapsed(), ms(5_000));
}

#[read_only]
#[timeout("2s")]
async fn quickly_stored(services: &[Service; 2]) -> Result<u32, Error> {
    services[1].call().await
}

#[read_only]
#[timeout("1s")]
#[fallback(quickly_stored)]
async fn bounded(services: &[Service; 2]) -> Result<u32, Error> {
    services[0].call().await
}

#[resilient_runtime::test]
async fn a_fallback_with_a_timeout_of_its_own_bounds_the_sum() {
    let services = [Service::new([HANGS]), Service::new([HANGS])];
    let start = Instant::now();
    assert!(bounded(&services).await.is_err());
    assert_eq!(start.elapsed(), ms(3_000));
}
