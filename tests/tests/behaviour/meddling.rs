//! An observer that, inside of every event, does all that a user can do: no event is told under a lock.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use futures::FutureExt;
use futures::future::join_all;
use resilient_runtime::rate_limit::Rate;
use resilient_runtime::{
    Scope, breaker, bulkhead, failover, hedge, idempotent, on_unknown, rate_limit, read_only,
    registry, retry, timeout,
};
use resilient_tests::look;
use resilient_tests::service::{BUSY, Error, HANGS, LOST, NOT_SENT, OK, Service, fails, ms};
use tokio::time::{sleep, timeout as within};

#[read_only]
async fn find(_key: &str) -> Result<Option<u32>, Error> {
    Ok(None)
}

#[idempotent]
async fn void(_key: &str) -> Result<(), Error> {
    Err(Error::answered(BUSY, 0))
}

#[idempotent]
async fn elsewhere(service: &Service, _order: u64) -> Result<u32, Error> {
    service.call().await
}

#[retry(idempotent, budget(none), backoff("10ms"))]
#[timeout(total = "3s", attempt = "300ms")]
#[hedge(after = "50ms")]
#[rate_limit("meddled", "20/s", burst = 2, wait = "400ms")]
#[bulkhead("meddled", adaptive, min = 1, max = 3, wait = "200ms")]
#[breaker("meddled", consecutive = 3, open = "100ms")]
#[on_unknown(key(order), confirm(find), cancel(void), settles = "200ms")]
#[failover(elsewhere)]
async fn everything(service: &Service, order: u64) -> Result<u32, Error> {
    service.call().await
}

/// All that is there to be called, the very call that the event is about included.
fn meddle() {
    let scope = Scope::current();
    let shown = format!("{:?}", registry().snapshot());
    assert!(!shown.is_empty() && registry().validate().is_ok());
    let _seen = (scope.journal().records(), scope.journal().counts());
    drop(scope.subscribe(|_event| {}));
    for phase in 0..2 {
        // Unknown before the first call.
        let _ = if phase == 0 {
            registry().force_open("behaviour/meddled")
        } else {
            registry().reset("behaviour/meddled")
        };
    }
    let _ = registry().set_rate("behaviour/meddled", Rate::per_second(20));
    let service = Service::new([fails(NOT_SENT), OK]);
    let _dropped_or_done = everything(&service, 99).now_or_never();
}

#[resilient_runtime::test]
async fn inside_of_every_event_everything_may_be_done() {
    let (names, inside) = (
        Arc::new(Mutex::new(BTreeSet::new())),
        Arc::new(AtomicBool::new(false)),
    );
    let told = Arc::clone(&names);
    Scope::current().observe(move |event| {
        told.lock()
            .expect("no observer panics")
            .insert(event.name());
        // What it does brings about events as well.
        if !inside.swap(true, Ordering::Relaxed) {
            meddle();
            inside.store(false, Ordering::Relaxed);
        }
    });
    for steps in [
        vec![OK],
        vec![HANGS],
        vec![fails(LOST)],
        vec![fails(BUSY)],
        vec![fails(NOT_SENT)],
        vec![HANGS, OK],
    ] {
        let service = Service::new(steps);
        let calls = (0..6).map(|order| within(ms(4_000), everything(&service, order)));
        for ended in join_all(calls).await {
            assert!(ended.is_ok(), "within its total, meddled with or not");
        }
        sleep(ms(3_000)).await;
    }
    let seen = look::bulkhead("behaviour/meddled");
    assert_eq!((seen.in_flight, seen.queued), (0, 0));
    assert_eq!(look::rate_limit("behaviour/meddled").queued, 0);
    assert_eq!(Scope::current().journal().counts().in_flight, 0);
    let names = names.lock().expect("no observer panics");
    for name in [
        "attempt_finished",
        "breaker_transition",
        "call_finished",
        "failover_started",
        "permit_waited",
        "rejected",
        "resolved",
        "retry_scheduled",
        "service_asked",
    ] {
        assert!(names.contains(name), "{name} is not among {names:?}");
    }
}
