//! Ten thousand calls through all the attributes at once, given up at random.

use resilient_runtime::{
    Scope, breaker, bulkhead, failover, fallback, hedge, in_call, non_idempotent, on_unknown,
    rate_limit, read_only, retry, timeout,
};
use resilient_tests::service::{
    BUSY, Error, HANGS, LOST, NOT_SENT, OK, PANICS, Service, fails, ms,
};
use std::sync::Arc;
use tokio::time::sleep;

use crate::left::assert_nothing_is_held;

#[read_only]
async fn elsewhere(services: &Arc<[Service; 3]>) -> Result<u32, Error> {
    services[1].call().await
}

/// A fallback stands outside of the call's deadline, so it has a limit of its own.
#[read_only]
#[timeout("100ms")]
async fn stored(services: &Arc<[Service; 3]>) -> Result<u32, Error> {
    services[2].call().await
}

#[read_only]
#[fallback(stored)]
#[failover(elsewhere)]
#[retry]
#[timeout(total = "1200ms", attempt = "300ms")]
#[hedge(after = "80ms")]
#[breaker(
    "mixed",
    min_calls = 50,
    window = "2s",
    open = "100ms",
    max_open = "500ms"
)]
#[rate_limit("mixed", "400/s", burst = 20, wait = "100ms")]
#[bulkhead("mixed", adaptive, min = 4, max = 60, wait = "100ms", queue = 50)]
async fn read(services: &Arc<[Service; 3]>) -> Result<u32, Error> {
    let services = Arc::clone(services);
    let spawned = tokio::spawn(in_call(async move { services[0].call().await }));
    spawned.await.expect("nothing panics")
}

#[read_only]
async fn find(_key: &str) -> Result<Option<u32>, Error> {
    sleep(ms(20)).await;
    Ok(None)
}

#[non_idempotent]
#[on_unknown(key(order), confirm(find), settles = "200ms")]
#[retry(not_sent)]
#[timeout(total = "1200ms", attempt = "300ms")]
#[bulkhead("mixed charges", 30, wait = "100ms", queue = 50)]
async fn charge(services: &Arc<[Service; 3]>, order: u64) -> Result<u32, Error> {
    services[0]
        .call()
        .await
        .map(|call| call + u32::from(order == 0))
}

#[resilient_runtime::test]
async fn ten_thousand_calls_through_everything_dropped_at_random_leave_nothing_behind() {
    let mut crowd = tokio::task::JoinSet::new();
    for nth in 0..10_000 {
        crowd.spawn(async move {
            let mut random = fastrand::Rng::with_seed(nth);
            let mut step = || {
                let takes = ms(random.u64(..250));
                match random.u8(..8) {
                    0 => fails(LOST).after(takes),
                    1 => fails(BUSY).after(takes),
                    2 => fails(NOT_SENT),
                    3 => HANGS,
                    _ => OK.after(takes),
                }
            };
            let services =
                Arc::new([[step(), step()], [step(), step()], [step(), step()]].map(Service::new));
            sleep(ms(random.u64(..60_000))).await;
            let patience = ms(random.u64(..600));
            if random.u8(..3) == 0 {
                let _ = tokio::time::timeout(patience, charge(&services, nth)).await;
                assert_eq!(services[0].in_flight(), 0);
            } else {
                let _ = tokio::time::timeout(patience, read(&services)).await;
            }
        });
    }
    while let Some(joined) = crowd.join_next().await {
        joined.expect("no call panics");
    }
    assert_nothing_is_held(None, "the end");
    let counts = Scope::current().journal().counts();
    assert!(
        counts.unresolved > 50 && counts.succeeded > 500 && counts.not_carried_out > 50,
        "every end was reached: {counts:?}"
    );
    sleep(ms(10_000)).await;
    let services = Arc::new([[OK], [OK], [OK]].map(Service::new));
    assert_eq!(read(&services).await, Ok(1));
}

/// Every third provider panics; whoever asked it through a task of its own panics with it.
fn panicking(nth: u64) -> Arc<[Service; 3]> {
    let mut random = fastrand::Rng::with_seed(nth);
    let mut step = || {
        let takes = ms(random.u64(..250));
        match random.u8(..6) {
            0 | 1 => PANICS.after(takes),
            2 => fails(BUSY).after(takes),
            3 => HANGS,
            _ => OK.after(takes),
        }
    };
    Arc::new([[step(), step()], [step(), step()], [step(), step()]].map(Service::new))
}

#[resilient_runtime::test]
async fn calls_that_panic_at_every_provider_leave_nothing_behind() {
    let mut crowd = tokio::task::JoinSet::new();
    for nth in 0..500 {
        let services = panicking(nth);
        crowd.spawn(Scope::current().run(async move {
            sleep(ms(nth * 20)).await;
            if nth % 3 == 0 {
                charge(&services, nth).await
            } else {
                read(&services).await
            }
        }));
    }
    let mut panicked = 0;
    while let Some(joined) = crowd.join_next().await {
        panicked += u32::from(joined.is_err());
    }
    assert!(panicked > 50, "{panicked}");
    assert_nothing_is_held(None, "the end");
    let counts = Scope::current().journal().counts();
    assert!(
        counts.unresolved > 10,
        "a panic leaves the record open: {counts:?}"
    );
}

#[test]
fn a_runtime_that_shuts_down_at_any_moment_loses_nothing() {
    for moment in 0..60 {
        let scope = Scope::new();
        scope.within(|| {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            let runtime = runtime
                .enable_all()
                .start_paused(true)
                .build()
                .expect("a runtime");
            let at = format!("after {} ms", moment * 23);
            let services: Vec<_> = (0..60)
                .map(|_| {
                    runtime
                        .block_on(async { Arc::new([[HANGS], [HANGS], [HANGS]].map(Service::new)) })
                })
                .collect();
            runtime.block_on(async {
                for (nth, services) in (0..).zip(services.iter().cloned()) {
                    tokio::spawn(Scope::current().run(async move {
                        let _ = if nth % 2 == 0 {
                            charge(&services, nth).await
                        } else {
                            read(&services).await
                        };
                    }));
                }
                sleep(ms(moment * 23)).await;
            });
            drop(runtime);
            assert_nothing_is_held(None, &at);
            let sent = services
                .iter()
                .step_by(2)
                .filter(|services| services[0].calls() > 0)
                .count();
            let counts = Scope::current().journal().counts();
            let known = usize::try_from(counts.not_carried_out + counts.succeeded).expect("few");
            assert!(
                counts.unresolved + known >= sent,
                "{at}: {sent} were sent: {counts:?}"
            );
        });
    }
}
