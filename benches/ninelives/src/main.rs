//! ninelives beside the bare, the hand-written and the annotated call, in interleaved batches: it needs an older tokio, which
//! all rows of this table run on. Prints the fastest tenth and the median, ready at once and pending once.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ninelives::ResilienceError;
use ninelives::prelude::{
    Backoff, BulkheadLayer, CircuitBreakerConfig, CircuitBreakerLayer, ExponentialBackoff, Jitter,
    RetryLayer, TimeoutLayer, TokioSleeper,
};
use resilient_benches::{CallError, bare, by_name, drive, runtime};
use tower::{Service, ServiceBuilder, ServiceExt as _};

const ROUNDS: usize = 401;
const CALLS: u32 = 1_000;

type Driven = Box<dyn FnMut(u32) -> u64>;

fn driven<S>(mut service: S) -> Driven
where
    S: Service<u32, Response = u64> + 'static,
{
    Box::new(move |pending| {
        let service = &mut service;
        drive(pending, async move {
            let ready = service.ready().await.map_err(|_| CallError::Refused)?;
            ready.call(pending).await.map_err(|_| CallError::Failed)
        })
    })
}

fn timeout() -> TimeoutLayer {
    TimeoutLayer::new(Duration::from_millis(500)).expect("in order")
}

fn circuit() -> CircuitBreakerLayer {
    let config = CircuitBreakerConfig::new(50, Duration::from_secs(30), 1).expect("in order");
    CircuitBreakerLayer::new(config).expect("in order")
}

fn bulkhead() -> BulkheadLayer {
    BulkheadLayer::new(64).expect("in order")
}

fn backoff() -> Backoff {
    ExponentialBackoff::new(Duration::from_millis(100)).into()
}

/// Whatever the error is.
macro_rules! retries {
    ($error:ty) => {
        RetryLayer::<$error>::new(
            3,
            backoff(),
            Jitter::full(),
            Arc::new(|_: &$error| true),
            Arc::new(TokioSleeper),
        )
        .expect("in order")
    };
}

macro_rules! stack {
    ($($layer:expr),*) => {
        driven(ServiceBuilder::new()$(.layer($layer))*.service(tower::service_fn(bare)))
    };
}

type Once = ResilienceError<CallError>;

fn rows() -> Vec<(&'static str, Driven)> {
    let ours = |name: &'static str| -> (&'static str, Driven) {
        let call = by_name(name).expect("a listed name");
        (name, Box::new(call))
    };
    let mut rows: Vec<_> = [
        "bare",
        "by_hand",
        "annotated",
        "timeout",
        "breaker",
        "bulkhead",
        "retry",
    ]
    .map(ours)
    .into();
    rows.push(("timeout/ninelives", stack!(timeout())));
    rows.push(("breaker/ninelives", stack!(circuit())));
    rows.push(("bulkhead/ninelives", stack!(bulkhead())));
    rows.push(("retry/ninelives", stack!(retries!(CallError))));
    rows.push((
        "4/ninelives",
        stack!(
            retries!(ResilienceError<ResilienceError<Once>>),
            circuit(),
            bulkhead(),
            timeout()
        ),
    ));
    rows
}

fn main() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let mut rows = rows();
    let mut batches = vec![[const { Vec::new() }; 2]; rows.len()];
    for _ in 0..ROUNDS {
        for ((_, call), batches) in rows.iter_mut().zip(&mut batches) {
            for (pending, batches) in (0..).zip(batches) {
                batches.push(batch(call, pending));
            }
        }
    }
    println!(
        "{:<20} {:>7} {:>7} {:>9} {:>7}",
        "ns a call", "ready", "median", "pending", "median"
    );
    for ((name, _), batches) in rows.iter().zip(batches) {
        let [ready, pending] = batches.map(tenth_and_median);
        println!(
            "{name:<20} {:>7.1} {:>7.1} {:>9.1} {:>7.1}",
            ready.0, ready.1, pending.0, pending.1
        );
    }
}

/// Nanoseconds a call.
fn batch(call: &mut Driven, pending: u32) -> f64 {
    let started = Instant::now();
    for _ in 0..CALLS {
        black_box(call(black_box(pending)));
    }
    started.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS)
}

fn tenth_and_median(mut batches: Vec<f64>) -> (f64, f64) {
    batches.sort_by(f64::total_cmp);
    (batches[batches.len() / 10], batches[batches.len() / 2])
}
