//! The budget under real threads.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use super::*;

const THREADS: u64 = 4;
const ROUNDS: u64 = 5_000;

#[test]
fn under_threads_it_never_pays_more_than_it_had_and_earned() {
    for save in [2, 7, 100] {
        let core = earning(2_000, save);
        let paid = AtomicU64::new(0);
        thread::scope(|scope| {
            for seed in 0..THREADS {
                let (core, paid) = (&core, &paid);
                scope.spawn(move || {
                    let mut random = fastrand::Rng::with_seed(seed);
                    for _ in 0..ROUNDS {
                        core.earn(NOW);
                        let unknown = random.u32(0..3) == 0;
                        if random.bool() && core.spend(unknown, NOW) {
                            paid.fetch_add(1 + u64::from(unknown), Ordering::Relaxed);
                        }
                        assert!(core.tokens(NOW) <= u64::from(save) * TOKEN);
                    }
                });
            }
        });
        let earned = THREADS * ROUNDS / 5 + u64::from(save);
        let paid = paid.into_inner();
        assert!(paid <= earned, "paid {paid} of {earned}");
        assert!(paid * TOKEN + core.tokens(NOW) <= earned * TOKEN);
    }
}

#[test]
fn under_threads_nothing_is_lost_while_there_is_room() {
    let core = earning(3_333, 100_000);
    drain(&core, NOW);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| (0..ROUNDS).for_each(|_| core.earn(NOW)));
        }
    });
    assert_eq!(core.tokens(NOW), THREADS * ROUNDS * 3_333);
    assert_eq!(core.snapshot(later(1.0)).cap.to_string(), "100000");
}

#[test]
fn under_threads_it_stays_within_its_cap_while_seconds_turn_and_stamps_are_old() {
    let core = earning(2_000, 5);
    let clock = AtomicU64::new(NOW.as_nanos());
    thread::scope(|scope| {
        for seed in 0..THREADS {
            let (core, clock) = (&core, &clock);
            scope.spawn(move || {
                let mut random = fastrand::Rng::with_seed(seed);
                for _ in 0..ROUNDS {
                    // Eight seconds in all: a stopped thread is not taken for a clock that went back.
                    let now = clock.fetch_add(random.u64(0..800_000), Ordering::Relaxed);
                    let started = now - random.u64(0..3_000_000_000);
                    core.earn(Stamp::from_nanos(started));
                    let now = Stamp::from_nanos(now);
                    let _ = core.spend(false, now);
                    let seen = core.snapshot(now);
                    assert!(seen.tokens <= seen.cap && seen.tokens >= 0.0, "{seen:?}");
                    // No second had more answers than there are.
                    assert!(seen.cap <= 20_000.0 * 0.2, "{seen:?}");
                }
            });
        }
    });
    assert_eq!(core.snapshot(NOW).clock_resets, 0);
}

#[test]
fn a_clock_that_went_back_is_reported_once_however_many_threads_see_it() {
    for _ in 0..50 {
        let core = earning(2_000, 5);
        core.earn(later(3600.0));
        core.earn(later(3601.0));
        drain(&core, later(3601.0));
        let paid = AtomicU64::new(0);
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| paid.fetch_add(drain(&core, NOW), Ordering::Relaxed));
            }
        });
        assert_eq!(core.snapshot(NOW).clock_resets, 1);
        assert_eq!(paid.into_inner(), 5);
    }
}
