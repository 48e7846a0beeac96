//! Runs one named call so many times; `benches/instructions` counts what that costs under Callgrind.

use resilient_benches::{by_name, names, runtime};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let parsed = match arguments.as_slice() {
        [name, pending, times] => by_name(name)
            .zip(pending.parse().ok())
            .zip(times.parse::<u64>().ok()),
        _ => None,
    };
    let Some(((call, pending), times)) = parsed else {
        eprintln!(
            "usage: repeat NAME PENDING TIMES; names: {}",
            names().collect::<Vec<_>>().join(" ")
        );
        std::process::exit(2);
    };
    let runtime = runtime();
    let _entered = runtime.enter();
    let sum: u64 = (0..times)
        .map(|_| call(std::hint::black_box(pending)))
        .sum();
    println!("{sum}");
}
