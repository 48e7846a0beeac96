//! A hedge inside a retry: every attempt has its lanes, and both pay from one budget.

use std::sync::Mutex;

use resilient_runtime::{
    breaker, bulkhead, hedge, idempotency_key, non_idempotent, retry, timeout,
};
use resilient_tests::events::Events;
use resilient_tests::look;
use resilient_tests::service::{BUSY, DECLINED, Error, HANGS, LOST, OK, Service, fails, ms};
use tokio::time::Instant;

#[retry(read_only, backoff(fixed, "100ms"), jitter(none))]
#[hedge(after = "80ms")]
async fn both(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn a_failed_attempt_is_one_whose_lanes_all_failed() {
    let events = Events::record();
    let service = Service::new([
        fails(BUSY).after(ms(100)),
        fails(LOST).after(ms(30)),
        OK.after(ms(500)),
        OK.after(ms(10)),
    ]);
    let start = Instant::now();
    assert_eq!(both(&service).await, Ok(4));
    assert_eq!(service.starts(), [0, 80, 210, 290]);
    assert_eq!(start.elapsed(), ms(300));
    assert_eq!(events.with("hedge 1 is sent").len(), 2);
    assert_eq!(events.with("the next in").len(), 1);
}

#[resilient_runtime::test]
async fn a_fast_failure_is_for_the_retry() {
    let service = Service::new([fails(BUSY).after(ms(10)), OK]);
    assert_eq!(both(&service).await, Ok(2));
    assert_eq!(service.starts(), [0, 110]);
    assert_eq!(look::hedge("::both@").sent, 0);
}

#[resilient_runtime::test]
async fn both_pay_from_one_budget() {
    // Two hedges and one repeat, after an unknown outcome: 1 + 2 + 1.
    let service = Service::new([
        fails(BUSY).after(ms(100)),
        fails(LOST).after(ms(30)),
        OK.after(ms(500)),
        OK.after(ms(10)),
    ]);
    assert_eq!(both(&service).await, Ok(4));
    let budget = look::budget("::both@");
    assert!((budget.tokens - 1.2).abs() < 1e-9, "{budget:?}");
    assert_eq!(budget.repeats, 3);
}

#[resilient_runtime::test]
async fn no_from_any_lane_of_a_read_ends_the_loop() {
    let service = Service::new([HANGS, fails(DECLINED).after(ms(5)), OK]);
    assert_eq!(both(&service).await, Err(Error::answered(DECLINED, 2)));
}

/// Keys that the service saw.
static KEYS: Mutex<Vec<String>> = Mutex::new(Vec::new());

#[retry(idempotency_key)]
#[hedge(after = "80ms")]
async fn keyed(service: &Service) -> Result<u32, Error> {
    KEYS.lock()
        .expect("nobody panics with it")
        .extend(idempotency_key().map(|key| key.to_string()));
    service.call().await
}

#[resilient_runtime::test]
async fn every_lane_carries_the_same_key() {
    let service = Service::new([
        fails(BUSY).after(ms(100)),
        fails(BUSY).after(ms(100)),
        HANGS,
        OK,
    ]);
    assert_eq!(keyed(&service).await, Ok(4));
    let keys = KEYS.lock().unwrap();
    assert_eq!(keys.len(), 4);
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
}

#[non_idempotent]
async fn charge(service: &Service) -> Result<u32, Error> {
    service.call().await
}

/// Hides the effect from the checker.
fn unseen(service: &Service) -> impl Future<Output = Result<u32, Error>> {
    charge(service)
}

#[retry(idempotent, backoff(fixed, "1ms"))]
#[hedge(after = "80ms")]
async fn careless(service: &Service, charged: &Service) -> Result<u32, Error> {
    let call = service.call().await?;
    // Only the hedge comes here.
    unseen(charged).await?;
    Ok(call)
}

#[resilient_runtime::test]
async fn what_a_hedge_began_stops_the_repeats_too() {
    let service = Service::new([fails(BUSY).after(ms(200)), OK]);
    let charged = Service::new([fails(LOST).after(ms(10)), OK]);
    assert_eq!(
        careless(&service, &charged).await,
        Err(Error::answered(LOST, 1))
    );
    assert_eq!((service.calls(), charged.calls()), (2, 1));
}

#[retry(
    read_only,
    attempts = 2,
    backoff(fixed, "10ms"),
    jitter(none),
    budget(none)
)]
#[hedge(after = "50ms")]
#[timeout(total = "1s", attempt = "200ms")]
#[breaker("stacked", consecutive = 50)]
#[bulkhead("stacked", 2, wait = "20ms")]
async fn stacked(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn the_whole_stack_holds_together() {
    let service = Service::new([HANGS, HANGS, HANGS, OK.after(ms(30))]);
    let start = Instant::now();
    assert_eq!(stacked(&service).await, Ok(4));
    // 0 and 50 cut off at 200 and 250; repeated at 260, hedged at 310.
    assert_eq!(service.starts(), [0, 50, 260, 310]);
    assert_eq!(start.elapsed(), ms(340));
    let (breaker, bulkhead) = (look::breaker("stacked"), look::bulkhead("stacked"));
    assert_eq!(
        (breaker.calls, breaker.failures, bulkhead.in_flight),
        (3, 2, 0)
    );
    // `budget(none)` is the retry's: a hedge has one all the same.
    assert_eq!(look::budget("::stacked@").repeats, 2);
}
