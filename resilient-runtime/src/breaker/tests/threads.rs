//! Several threads on one breaker. No clock moves unless a test moves it, so every sum is exact.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread;

use super::*;

const THREADS: u64 = 4;

/// Runs `work` in all threads at once; each gets its number.
fn together(work: impl Fn(u64) + Sync) {
    let barrier = Barrier::new(usize::try_from(THREADS).unwrap());
    thread::scope(|scope| {
        for number in 0..THREADS {
            let (work, barrier) = (&work, &barrier);
            scope.spawn(move || {
                barrier.wait();
                work(number);
            });
        }
    });
}

fn call(core: &Core, now: Stamp, outcome: Outcome) -> Option<Transition> {
    let (admission, transition) = core.admit(now);
    let ended = admission
        .ok()
        .and_then(|admission| core.record(admission, outcome, || now));
    assert!(
        transition.is_none() || ended.is_none(),
        "one change of phase per call here"
    );
    transition.or(ended)
}

#[test]
fn no_call_is_lost_or_counted_twice_while_successes_and_failures_mix() {
    const CALLS: u64 = 20_000;
    let settings = rate_only().failure_rate(Ratio::ALL);
    let core = Core::new(settings);
    call(&core, Stamp::FIRST, OK);
    together(|number| {
        for step in 0..CALLS {
            let failed = (step + number) % 10 == 0;
            call(&core, Stamp::FIRST, if failed { FAILED } else { OK });
            if step % 1_000 == 0 {
                core.snapshot(Stamp::FIRST);
            }
        }
    });
    let Snapshot {
        calls, failures, ..
    } = core.snapshot(Stamp::FIRST);
    assert_eq!(
        (calls, failures),
        (THREADS * CALLS + 1, THREADS * CALLS / 10)
    );
}

#[test]
fn no_call_is_lost_while_the_clock_moves_on_within_the_window() {
    // Nine steps of the window: nothing may fall out, whoever turns the bucket. All of it is far below
    // the second by which a thread that is held up may lag behind.
    const CALLS: u64 = 9_000;
    let core = Core::new(rate_only().window(Window::Time(ms(100))));
    let clock = AtomicU64::new(0);
    together(|_| {
        for _ in 0..CALLS {
            let nanos = clock.fetch_add(2_500, Relaxed);
            call(&core, Stamp::FIRST.plus(Duration::from_nanos(nanos)), OK);
        }
    });
    let now = Stamp::FIRST.plus(ms(89));
    assert_eq!(core.snapshot(now).calls, THREADS * CALLS);
}

#[test]
fn b04_of_many_callers_at_once_only_the_probes_pass() {
    for round in 0..200 {
        let mut sim = Sim::new(Settings::new().probes(2));
        sim.open_and_wait();
        let (core, now, passed) = (&sim.core, sim.now, AtomicU64::new(0));
        let changes = AtomicU64::new(0);
        together(|_| {
            for _ in 0..3 {
                let (admission, transition) = core.admit(now);
                passed.fetch_add(u64::from(admission.is_ok()), Relaxed);
                changes.fetch_add(u64::from(transition.is_some()), Relaxed);
            }
        });
        assert_eq!(passed.load(Relaxed), 2, "round {round}");
        assert_eq!(changes.load(Relaxed), 1, "one of them opened it half");
    }
}

#[test]
fn b23_an_open_phase_is_never_seen_with_the_times_of_another() {
    // The open time is at least a second and the clock stands still, so whoever finds the word open
    // must be refused, at least a second ahead: an older stamp would have let it through.
    let core = Core::new(rate_only().min_calls(1).open(ms(2_000)).max_open(ms(2_000)));
    let done = AtomicBool::new(false);
    let (refused, passed) = (AtomicU64::new(0), AtomicU64::new(0));
    together(|number| {
        if number == 0 {
            let seen = || refused.load(Relaxed) > 0 && passed.load(Relaxed) > 0;
            let mut rounds = 0;
            while rounds < 5_000 || !seen() {
                rounds += 1;
                let opened = call(&core, Stamp::FIRST, LOST);
                assert_eq!(opened.map(|change| change.to), Some(Phase::Open));
                core.force(Forced::MetricsOnly, Stamp::FIRST);
                core.force(Forced::Automatic, Stamp::FIRST);
            }
            done.store(true, Relaxed);
        }
        while !done.load(Relaxed) {
            let (admission, transition) = core.admit(Stamp::FIRST);
            assert_eq!(transition, None, "nobody may probe");
            match admission {
                Ok(admission) => {
                    assert!(!admission.is_probe());
                    passed.fetch_add(1, Relaxed);
                }
                Err(Refused { retry_after }) => {
                    assert!(retry_after.expect("not forced") >= ms(1_000));
                    refused.fetch_add(1, Relaxed);
                }
            }
        }
    });
}

#[test]
fn outcomes_of_other_cycles_are_never_counted_while_it_is_reset_all_the_time() {
    // Every thread holds an admission across resets by the first; what is counted afterwards is what
    // was admitted in the present cycle.
    let core = Core::new(rate_only());
    let done = AtomicBool::new(false);
    together(|number| {
        if number == 0 {
            for _ in 0..20_000 {
                core.reset(Stamp::FIRST);
            }
            done.store(true, Relaxed);
        }
        while !done.load(Relaxed) {
            let (old, _) = core.admit(Stamp::FIRST);
            let old = old.expect("closed");
            core.reset(Stamp::FIRST);
            // Ours lies at least one cycle back now.
            let before = old.word;
            assert_eq!(core.record(old, OK, || Stamp::FIRST), None);
            let (new, _) = core.admit(Stamp::FIRST);
            assert!(!new.expect("closed").word.is_same_cycle(before));
        }
    });
    assert_eq!(
        core.snapshot(Stamp::FIRST).calls,
        0,
        "nobody recorded in its own cycle"
    );
}
