//! Counts the heap allocations of each call on its way to an answer, after the first thousand have warmed everything up.
//! Exits with 1 when an annotated call makes any.

use std::alloc::System;
use std::process::ExitCode;

use resilient_benches::{by_name, names, runtime};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static COUNTED: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const CALLS: u32 = 1_000;

fn main() -> ExitCode {
    let runtime = runtime();
    let _entered = runtime.enter();
    let mut allocates = false;
    println!(
        "{:<28} {:>10} {:>10}",
        "allocations a call", "ready", "pending"
    );
    for name in names() {
        let call = by_name(name).expect("a listed name");
        let [ready, pending] = [0, 1].map(|pending| {
            let run = || (0..CALLS).map(|_| call(pending)).sum::<u64>();
            run();
            let region = Region::new(COUNTED);
            run();
            let change = region.change();
            let made = u32::try_from(change.allocations + change.reallocations);
            f64::from(made.unwrap_or(u32::MAX)) / f64::from(CALLS)
        });
        println!("{name:<28} {ready:>10.3} {pending:>10.3}");
        let ours = name.starts_with("annotated")
            || [
                "declared",
                "timeout",
                "breaker",
                "breaker_count",
                "rate_limit",
                "bulkhead",
                "retry",
            ]
            .contains(&name);
        allocates |= ours && ready + pending > 0.0;
    }
    if allocates {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
