//! Bytes of one breaker that has let one call through: its value and what it keeps on the heap, by a counting allocator over
//! a thousand of them. A key of ours is one more state of a breaker by key.

use std::alloc::System;

use resilient_benches::{Answer, CallError, bare, poll_on, runtime};
use resilient_runtime::breaker;
use resilient_runtime::breaker::{Breaker, Settings, Window};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static COUNTED: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const MANY: u32 = 1_000;

/// A client with a breaker of its own.
struct Client {
    breaker: Breaker,
}

impl Client {
    #[breaker(self.breaker)]
    async fn call(&self) -> Answer {
        bare(0).await
    }
}

#[breaker(key(key))]
async fn by_key(key: u32) -> Answer {
    let _ = key;
    bare(0).await
}

fn main() {
    let runtime = runtime();
    let _entered = runtime.enter();
    println!(
        "{:<36} {:>8} {:>8} {:>8}",
        "bytes of a breaker", "value", "heap", "in all"
    );
    let ours = |settings| {
        let client = Client {
            breaker: Breaker::new(settings),
        };
        let _ = poll_on(client.call());
        client
    };
    row("ours, in a field, window of time", || ours(Settings::new()));
    row("ours, in a field, window = 100", || {
        ours(Settings::new().window(Window::Count(100)))
    });
    let mut key = 0;
    let _ = poll_on(by_key(0));
    row("ours, one more key", || {
        key += 1;
        let _ = poll_on(by_key(key));
    });
    row("recloser, 100 calls", || {
        let breaker = recloser::Recloser::custom()
            .error_rate(0.5)
            .closed_len(100)
            .build();
        let breaker: recloser::AsyncRecloser = breaker.into();
        let _ = poll_on(async { breaker.call(bare(0)).await.map_err(|_| CallError::Refused) });
        breaker
    });
    row("failsafe, default", || {
        let breaker = failsafe::Config::new().build();
        let call = failsafe::futures::CircuitBreaker::call(&breaker, bare(0));
        let _ = poll_on(async { call.await.map_err(|_| CallError::Refused) });
        breaker
    });
    row("failsafe, in a row", || {
        let backoff = failsafe::backoff::constant(std::time::Duration::from_secs(1));
        let policy = failsafe::failure_policy::consecutive_failures(5, backoff);
        let breaker = failsafe::Config::new().failure_policy(policy).build();
        let call = failsafe::futures::CircuitBreaker::call(&breaker, bare(0));
        let _ = poll_on(async { call.await.map_err(|_| CallError::Refused) });
        breaker
    });
    row("tower-resilience, 100 calls", || {
        resilient_benches::peers::kept_breaker()
    });
}

fn row<T>(name: &str, mut make: impl FnMut() -> T) {
    let mut all = Vec::with_capacity(MANY as usize);
    all.push(make());
    let region = Region::new(COUNTED);
    for _ in 1..MANY {
        all.push(make());
    }
    let change = region.change();
    let kept = change
        .bytes_allocated
        .saturating_sub(change.bytes_deallocated);
    let heap = kept / (MANY as usize - 1);
    let value = size_of::<T>();
    println!("{name:<36} {value:>8} {heap:>8} {:>8}", value + heap);
}
