//! Times every call in short batches, one call after the other and round after round, so that whatever else the
//! machine does meets all of them alike. Prints the fastest tenth and the median of the batches.

use std::hint::black_box;
use std::time::Instant;

use resilient_benches::{NO, by_name, can_say_no, names, runtime};

const ROUNDS: usize = 401;
const CALLS: u32 = 1_000;

fn main() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let calls: Vec<_> = names()
        .filter(|name| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name))
        .map(|name| (name, by_name(name).expect("a listed name")))
        .collect();
    println!(
        "{:<28} {:>7} {:>7} {:>9} {:>7} {:>9} {:>7}",
        "ns a call", "ready", "median", "pending", "median", "says no", "median"
    );
    let mut batches = vec![[const { Vec::new() }; 3]; calls.len()];
    for _ in 0..ROUNDS {
        for ((name, call), batches) in calls.iter().zip(&mut batches) {
            for (pending, batches) in [0, 1, NO].into_iter().zip(batches) {
                if pending != NO || can_say_no(name) {
                    batches.push(batch(*call, pending));
                }
            }
        }
    }
    for ((name, _), batches) in calls.iter().zip(batches) {
        let [ready, pending, no] = batches.map(tenth_and_median);
        println!(
            "{name:<28} {:>7.1} {:>7.1} {:>9.1} {:>7.1} {:>9.1} {:>7.1}",
            ready.0, ready.1, pending.0, pending.1, no.0, no.1
        );
    }
}

/// Nanoseconds a call.
fn batch(call: fn(u32) -> u64, pending: u32) -> f64 {
    let started = Instant::now();
    for _ in 0..CALLS {
        black_box(call(black_box(pending)));
    }
    started.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS)
}

fn tenth_and_median(mut batches: Vec<f64>) -> (f64, f64) {
    if batches.is_empty() {
        return (f64::NAN, f64::NAN);
    }
    batches.sort_by(f64::total_cmp);
    (batches[batches.len() / 10], batches[batches.len() / 2])
}
