//! Many calls given up at random, and a runtime that shuts down under them.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use resilient_runtime::breaker::Phase;
use resilient_runtime::{Scope, breaker, bulkhead, registry, retry, timeout};
use resilient_tests::look;
use resilient_tests::polls::give_up_after;
use resilient_tests::service::{BUSY, Error, HANGS, LOST, NOT_SENT, OK, Service, fails, ms};
use tokio::time::sleep;

#[retry(idempotent)]
#[timeout(total = "900ms", attempt = "300ms")]
#[breaker(
    "crowd",
    min_calls = 20,
    window = "2s",
    open = "100ms",
    max_open = "500ms"
)]
#[bulkhead("crowd", 8, wait = "200ms", queue = 20)]
async fn call(service: &Service) -> Result<u32, Error> {
    service.call().await
}

/// A cheap generator, the same in every run.
fn dice(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    move |sides| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % sides
    }
}

#[resilient_runtime::test]
async fn ten_thousand_calls_dropped_at_random_leave_nothing_behind() {
    let mut crowd = tokio::task::JoinSet::new();
    for nth in 0..10_000 {
        crowd.spawn(async move {
            let mut dice = dice(nth + 1);
            let takes = ms(dice(250));
            let step = match dice(8) {
                0 => fails(LOST).after(takes),
                1 => fails(BUSY).after(takes),
                2 => fails(NOT_SENT),
                3 => HANGS,
                _ => OK.after(takes),
            };
            sleep(ms(dice(60_000))).await;
            let _ = tokio::time::timeout(ms(dice(400)), call(&Service::new([step, OK]))).await;
        });
    }
    while let Some(joined) = crowd.join_next().await {
        joined.expect("no call panics");
    }
    let (bulkhead, breaker, budget) = (
        look::bulkhead("crowd"),
        look::breaker("crowd"),
        look::budget("::call@"),
    );
    assert_eq!(
        (bulkhead.in_flight, bulkhead.queued),
        (0, 0),
        "{bulkhead:?}"
    );
    assert_eq!(breaker.probes, 0, "{breaker:?}");
    assert!(
        breaker.transitions > 10,
        "it opened and closed: {breaker:?}"
    );
    assert!(
        budget.tokens >= 0.0 && budget.tokens <= budget.cap && budget.repeats > 100,
        "{budget:?}"
    );
    sleep(ms(1_000)).await;
    assert_eq!(call(&Service::new([OK])).await, Ok(1));
    assert_eq!(look::breaker("crowd").phase, Phase::Closed);
}

#[test]
fn a_runtime_that_shuts_down_takes_its_calls_with_it() {
    let scope = Scope::new();
    scope.within(|| {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime
            .enable_all()
            .start_paused(true)
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            for nth in 0..40 {
                tokio::spawn(async move {
                    // Some hang in the body, some in the queue, some in the backoff.
                    let step = if nth < 10 { fails(BUSY) } else { HANGS };
                    call(&Service::new([step])).await
                });
            }
            sleep(Duration::from_millis(20)).await;
            let bulkhead = look::bulkhead("crowd");
            assert_eq!(
                (bulkhead.in_flight, bulkhead.queued),
                (8, 20),
                "{bulkhead:?}"
            );
        });
        drop(runtime);
        let bulkhead = look::bulkhead("crowd");
        assert_eq!(
            (bulkhead.in_flight, bulkhead.queued),
            (0, 0),
            "{bulkhead:?}"
        );
        registry()
            .validate()
            .expect("and the registry still answers");
    });
}

#[test]
fn a_probe_in_a_runtime_that_shuts_down_gives_its_slot_back() {
    Scope::new().within(|| {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime
            .enable_all()
            .start_paused(true)
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            for _ in 0..5 {
                let _ = call(&Service::new([fails(LOST)])).await;
            }
            assert_eq!(look::breaker("crowd").phase, Phase::Open);
            sleep(ms(1_000)).await;
            tokio::spawn(async { call(&Service::new([HANGS])).await });
            sleep(ms(10)).await;
            assert_eq!(look::breaker("crowd").probes, 1);
        });
        drop(runtime);
        assert_eq!(look::breaker("crowd").probes, 0);
    });
}

/// The one test here on a real clock and several threads: nothing in it waits for the clock.
#[test]
fn on_several_threads_no_permit_is_lost_and_no_waiter_forgotten() {
    #[retry(idempotent, backoff(fixed, "1ms"), jitter(none), budget(none))]
    #[timeout(total = "60s", attempt = "20s")]
    #[breaker("threads", min_calls = 100_000, window = "60s", consecutive = 100_000)]
    #[bulkhead("threads", 3, wait = "30s", queue = 1000)]
    async fn crowded(inside: &AtomicU32, polls: u64) -> Result<(), Error> {
        assert!(
            inside.fetch_add(1, Ordering::SeqCst) < 3,
            "too many at a time"
        );
        let inside = Leaves(inside);
        for _ in 0..polls {
            tokio::task::yield_now().await;
        }
        drop(inside);
        Ok(())
    }
    static INSIDE: AtomicU32 = AtomicU32::new(0);
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime
        .worker_threads(4)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let tasks: Vec<_> = (0..64_u64)
            .map(|task| {
                tokio::spawn(async move {
                    let mut dice = dice(task + 1);
                    for _ in 0..200 {
                        let (polls, gives_up) = (dice(5), dice(12));
                        let call = crowded(&INSIDE, polls);
                        if gives_up < 10 {
                            give_up_after(usize::try_from(gives_up).expect("few"), call).await;
                        } else {
                            call.await.expect("everybody gets a turn");
                        }
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no call panics");
        }
    });
    let bulkhead = look::bulkhead("threads");
    assert_eq!(
        (bulkhead.in_flight, bulkhead.queued),
        (0, 0),
        "{bulkhead:?}"
    );
    assert!(bulkhead.waited > 0, "{bulkhead:?}");
}

struct Leaves<'a>(&'a AtomicU32);

impl Drop for Leaves<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
