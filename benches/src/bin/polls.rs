//! What the context costs at every poll: the time of a call that is pending a thousand times more, over the bare call.
//! Interleaved batches, median; the deadline, the guard's count, the depth of retries and the watch for tasks together.

use std::hint::black_box;
use std::time::Instant;

use resilient_benches::{by_name, runtime};

const ROUNDS: usize = 2_001;
const POLLS: u32 = 1_000;

/// Without a timer: its own poll would hide what is measured.
const CALLS: [&str; 5] = ["bare", "declared", "bulkhead", "breaker", "retry"];

fn main() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let calls = CALLS.map(|name| (name, by_name(name).expect("a listed name")));
    let mut batches = [const { Vec::new() }; CALLS.len()];
    for _ in 0..ROUNDS {
        for ((_, call), batches) in calls.iter().zip(&mut batches) {
            let (few, many) = (timed(*call, 1), timed(*call, 1 + POLLS));
            batches.push((many - few) / f64::from(POLLS));
        }
    }
    let medians = batches.map(median);
    println!("{:<10} {:>8} {:>10}", "ns a poll", "whole", "over bare");
    for ((name, _), whole) in calls.iter().zip(medians) {
        println!("{name:<10} {whole:>8.2} {:>10.2}", whole - medians[0]);
    }
}

/// Nanoseconds of one call.
fn timed(call: fn(u32) -> u64, pending: u32) -> f64 {
    let started = Instant::now();
    black_box(call(black_box(pending)));
    started.elapsed().as_secs_f64() * 1e9
}

fn median(mut batches: Vec<f64>) -> f64 {
    batches.sort_by(f64::total_cmp);
    batches[batches.len() / 2]
}
