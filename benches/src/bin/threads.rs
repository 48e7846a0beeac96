//! Calls a second by one thread, and by two on one policy, each pinned to a core of its own. The body is ready at once: a
//! real one would only hide how the threads meet.

use std::hint::black_box;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use resilient_benches::{by_name, runtime};

const CALLS: u32 = 200_000;
const ROUNDS: usize = 9;

/// Stacks, and each of our policies alone; others by name.
const USUAL: [&str; 12] = [
    "by_hand",
    "annotated",
    "annotated_alike",
    "by_hand_five",
    "annotated_five",
    "annotated_five_alike",
    "timeout",
    "breaker",
    "breaker_count",
    "bulkhead",
    "retry",
    "rate_limit",
];

fn main() {
    let cores = core_affinity::get_core_ids().unwrap_or_default();
    println!(
        "{} cores; million calls a second, median of {ROUNDS} rounds",
        cores.len()
    );
    println!("{:<28} {:>8} {:>8}", "", "1 thread", "2");
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let usual = USUAL.map(String::from).to_vec();
    for name in if wanted.is_empty() { usual } else { wanted } {
        let Some(call) = by_name(&name) else {
            eprintln!("no call is named {name}");
            std::process::exit(2);
        };
        let [one, two] = [1, 2].map(|threads| median(|| round(call, threads, &cores)));
        println!("{name:<28} {one:>8.1} {two:>8.1}");
    }
}

fn median(round: impl FnMut() -> f64) -> f64 {
    let mut rounds: Vec<f64> = std::iter::repeat_with(round).take(ROUNDS).collect();
    rounds.sort_by(f64::total_cmp);
    rounds[ROUNDS / 2]
}

/// Million calls a second of all threads together.
fn round(call: fn(u32) -> u64, threads: u32, cores: &[core_affinity::CoreId]) -> f64 {
    let start = Barrier::new(threads as usize);
    let longest = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..threads)
            .map(|nth| {
                let (start, core) = (&start, cores.get(nth as usize).copied());
                scope.spawn(move || {
                    let _pinned = core.map(core_affinity::set_for_current);
                    let runtime = runtime();
                    let _entered = runtime.enter();
                    start.wait();
                    let began = Instant::now();
                    for _ in 0..CALLS {
                        black_box(call(black_box(0)));
                    }
                    began.elapsed()
                })
            })
            .collect();
        let times = runs
            .into_iter()
            .map(|run| run.join().unwrap_or(Duration::MAX));
        times.max().unwrap_or(Duration::MAX)
    });
    f64::from(CALLS) * f64::from(threads) / longest.as_secs_f64() / 1e6
}
