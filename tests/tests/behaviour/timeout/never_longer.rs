//! The caller never waits longer than `total`, whatever stands in the stack and whatever the service does.
//!
//! A new policy adds one function to the list of stacks. Scripts are drawn at random from a fixed seed.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use resilient_runtime::on_unknown::{
    Intent, Journal, MemoryJournal, Record, RecordId, State, Writing,
};
use resilient_runtime::{
    Failure, Scope, breaker, bulkhead, failover, fallback, hedge, idempotent, non_idempotent,
    on_unknown, rate_limit, read_only, retry, timeout,
};
use resilient_tests::service::{
    BUSY, DECLINED, Error, HANGS, LOST, NOT_SENT, OK, OVERLOADED, Service, Step, THROTTLED, fails,
    ms,
};
use tokio::time::{Instant, sleep};

/// What every stack is limited to.
const TOTAL: Duration = ms(1_000);
/// Timers of tokio's clock fire at the next whole millisecond.
const TICK: Duration = ms(1);

type Calls<'a> = Pin<Box<dyn Future<Output = Result<u32, Error>> + 'a>>;

macro_rules! stacks {
    ($($(#[$attribute:meta])* $name:ident;)*) => {
        $(
            $(#[$attribute])*
            async fn $name(service: &Service) -> Result<u32, Error> {
                service.call().await
            }
        )*
        /// Every stack under its name.
        const STACKS: &[(&str, for<'a> fn(&'a Service) -> Calls<'a>)] =
            &[$((stringify!($name), |service| Box::pin($name(service)))),*];
    };
}

async fn slow_hook(_service: &Service) {
    sleep(ms(400)).await;
}

/// The next provider has no limit of its own.
#[idempotent]
async fn next(service: &Service) -> Result<u32, Error> {
    service.call().await
}

/// Nobody answers questions.
#[read_only]
async fn find(_key: &str) -> Result<Option<u32>, Error> {
    std::future::pending().await
}

#[idempotent]
async fn void(_key: &str) -> Result<(), Error> {
    sleep(ms(70)).await;
    Ok(())
}

/// A journal that takes a while to write the intent, and never comes back from closing the record.
struct Stuck(MemoryJournal);

static STUCK: Stuck = Stuck(MemoryJournal::new());

impl Journal for Stuck {
    fn begin<'a>(&'a self, intent: Intent<'a>) -> Writing<'a, RecordId> {
        Box::pin(async move {
            sleep(ms(130)).await;
            self.0.begin(intent).await
        })
    }
    fn change(&self, _record: RecordId, _from: State, _to: State) -> Writing<'_, bool> {
        Box::pin(std::future::pending())
    }
    fn renew(&self, record: RecordId, hold: Duration) -> Writing<'_, bool> {
        self.0.renew(record, hold)
    }
    fn release(&self, record: RecordId, lost: Duration) {
        self.0.release(record, lost);
    }
    fn lease(&self, most: usize, hold: Duration) -> Writing<'_, Vec<Record>> {
        self.0.lease(most, hold)
    }
    fn open(&self) -> Writing<'_, Vec<Record>> {
        self.0.open()
    }
}

/// Every call has a key of its own, or the journal would refuse all but the first.
fn another_key() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed)
}

/// Answers at once: a fallback stands outside of the total.
#[allow(
    clippy::unnecessary_wraps,
    reason = "a fallback returns what the function returns"
)]
fn instead(_service: &Service) -> Result<u32, Error> {
    Ok(0)
}

stacks! {
    #[timeout("1s")]
    alone;
    #[retry(idempotent)]
    #[timeout(total = "1s")]
    repeated;
    #[retry(idempotent, attempts = 5, backoff("10ms"), budget(none))]
    #[timeout(total = "1s", attempt = "300ms", least = "1ms")]
    often;
    #[retry(idempotent, backoff(fixed, "250ms"), jitter(none), budget(none), before_retry(slow_hook))]
    #[timeout(total = "1s", attempt = "400ms")]
    hooked;
    #[retry(not_sent, attempts = 4, budget(none))]
    #[timeout(total = "1s", attempt = "600ms", unknown(to_caller))]
    write;
    #[timeout("1s")]
    #[bulkhead("never-longer", 1, wait = "999ms", queue = 100)]
    queued;
    #[retry(idempotent, budget(none))]
    #[timeout(total = "1s", attempt = "500ms")]
    #[breaker(consecutive = 3, open = "100ms")]
    #[bulkhead("never-longer-all", 1, wait = "900ms", queue = 100)]
    all;
    #[timeout(total = "1s")]
    #[retry(idempotent, budget(none), max_server_delay = "1h")]
    patient;
    #[idempotent]
    #[timeout(total = "1s", attempt = "300ms", unknown(to_caller))]
    #[failover(next)]
    elsewhere;
    #[timeout("1s")]
    #[read_only]
    #[hedge(after = "100ms", max = 3)]
    hedged;
    #[retry(idempotent, budget(none))]
    #[timeout(total = "1s", attempt = "300ms", unknown(to_caller))]
    #[hedge(after = "50ms")]
    #[failover(next)]
    #[fallback(instead)]
    hedged_elsewhere;
    #[non_idempotent]
    #[timeout(total = "1s", attempt = "300ms")]
    #[on_unknown(key("order"), confirm(find), cancel(void), settles = "400ms")]
    looked_for;
    #[retry(not_sent, budget(none))]
    #[timeout(total = "1s", attempt = "300ms")]
    #[on_unknown(key("order"), confirm(find), settles = "200ms")]
    #[failover(next)]
    #[fallback(instead)]
    looked_for_elsewhere;
    #[retry(idempotent, budget(none))]
    #[timeout(total = "1s", attempt = "300ms")]
    #[on_unknown(key("order"), cancel(void, fences), settles = "200ms")]
    #[hedge(after = "50ms", max = 2)]
    hedged_and_cancelled;
    #[timeout("1s")]
    #[rate_limit("never-longer", "2/s", burst = 1, wait = "950ms")]
    paced;
    #[retry(idempotent, budget(none))]
    #[timeout(total = "1s", attempt = "300ms")]
    #[rate_limit("never-longer-paced", "4/s", burst = 2, wait = "900ms")]
    #[bulkhead("never-longer-paced", 2, wait = "900ms", queue = 100)]
    #[breaker(consecutive = 3, open = "100ms")]
    paced_and_repeated;
    #[non_idempotent]
    #[timeout(total = "1s", attempt = "300ms")]
    #[on_unknown(key(another_key()), confirm(find), cancel(void), settles = "400ms", journal(STUCK))]
    kept_by_a_stuck_journal;
}

/// A step of any kind, that takes any time.
fn drawn(random: &mut fastrand::Rng) -> Step {
    const FAILURES: [Failure; 6] = [LOST, NOT_SENT, BUSY, OVERLOADED, THROTTLED, DECLINED];
    let step = match random.u32(0..10) {
        0 => HANGS,
        1 => OK,
        2 | 3 => fails(Failure::transient(Some(ms(random.u64(0..3_000))))),
        4 => fails(Failure::overloaded(Some(Duration::from_hours(1)))),
        _ => fails(FAILURES[random.usize(..FAILURES.len())]),
    };
    step.after(ms(random.u64(0..700)))
}

#[resilient_runtime::test]
async fn the_caller_never_waits_longer_than_the_total_whatever_the_stack_and_the_service() {
    let mut random = fastrand::Rng::with_seed(0x5eed);
    for round in 0..200 {
        for (name, call) in STACKS {
            let script: Vec<Step> = (0..6).map(|_| drawn(&mut random)).collect();
            let service = Service::new(script.clone());
            // Several at once, so that queues are full.
            let callers = random.usize(1..6);
            let calls = (0..callers).map(|_| async {
                let started = Instant::now();
                let _ = call(&service).await;
                started.elapsed()
            });
            let waited = Scope::new().run(futures::future::join_all(calls)).await;
            for waited in waited {
                assert!(
                    waited <= TOTAL + TICK,
                    "round {round}: {name} waited {waited:?}, script {script:?}"
                );
            }
            assert_eq!(service.in_flight(), 0, "{name}");
        }
    }
}

/// Below a caller with less time, the caller's time is the limit.
#[resilient_runtime::test]
async fn below_a_shorter_limit_no_stack_waits_longer_than_that() {
    #[timeout("300ms")]
    async fn around(calls: Calls<'_>) -> Result<u32, Error> {
        calls.await
    }
    let mut random = fastrand::Rng::with_seed(0xbe10);
    for _ in 0..100 {
        for (name, call) in STACKS {
            let script: Vec<Step> = (0..6).map(|_| drawn(&mut random)).collect();
            let (service, started) = (Service::new(script), Instant::now());
            let _ = Scope::new().run(around(call(&service))).await;
            assert!(started.elapsed() <= ms(300) + TICK, "{name}");
        }
    }
}
