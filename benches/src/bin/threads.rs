//! Calls a second by one thread, and by two on one policy, each pinned to a core of its own. The body is ready at once: a
//! real one would only hide how the threads meet.

use std::hint::black_box;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use resilient_benches::{by_name, runtime};

/// Some milliseconds: most rounds get by without another process in between.
const CALLS: u32 = 20_000;
const ROUNDS: usize = 201;

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
        "{} cores; million calls a second, fastest tenth of {ROUNDS} rounds",
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
        let [one, two] = [1, 2].map(|threads| fastest(|| round(call, threads, &cores)));
        println!("{name:<28} {one:>8.1} {two:>8.1}");
    }
}

/// Whatever else the machine does only makes a round slower. Not a number where no round counts.
fn fastest(round: impl FnMut() -> Option<f64>) -> f64 {
    let rounds = std::iter::repeat_with(round).take(ROUNDS);
    let mut rounds: Vec<f64> = rounds.flatten().collect();
    rounds.sort_by(f64::total_cmp);
    let place = rounds.len().saturating_sub(1 + rounds.len() / 10);
    rounds.get(place).copied().unwrap_or(f64::NAN)
}

/// Million calls a second of all threads together, from when the first begins until the last ends: threads that run one
/// after the other, and so never meet, take twice as long. None if they did not meet for four fifths of the round.
fn round(call: fn(u32) -> u64, threads: u32, cores: &[core_affinity::CoreId]) -> Option<f64> {
    let start = Barrier::new(threads as usize);
    let [met, took] = std::thread::scope(|scope| {
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
                    (began, Instant::now())
                })
            })
            .collect();
        let (began, ended): (Vec<_>, Vec<_>) = runs
            .into_iter()
            .map(|run| run.join().expect("a call that fails is not measured"))
            .unzip();
        let met = began.iter().max().zip(ended.iter().min());
        let took = began.iter().min().zip(ended.iter().max());
        [met, took].map(|span| {
            span.map_or(Duration::ZERO, |(from, to)| {
                to.saturating_duration_since(*from)
            })
        })
    });
    let rate = f64::from(CALLS) * f64::from(threads) / took.as_secs_f64() / 1e6;
    (met * 5 >= took * 4).then_some(rate)
}
