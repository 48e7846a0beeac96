//! A count window asks for no time, and full of successes it takes no note of another one.

use super::*;
use crate::sync::Ordering;

fn last(calls: u32) -> Settings {
    Settings::new().window(Window::Count(calls)).min_calls(2)
}

/// How many successes the machine does not know of yet; none if it must be asked.
fn parked(core: &Core) -> Option<u64> {
    let parked = core.parked.load(Ordering::Relaxed);
    (parked != 0).then_some(parked & u64::from(u32::MAX))
}

/// A call whose beginning and end nobody looked up.
fn timeless_call(core: &Core) {
    assert!(core.is_timeless());
    let admission = core.admit_plainly(Stamp::NEVER).expect("plainly closed");
    assert!(core.succeed_plainly(admission), "nothing is to be decided");
}

#[test]
fn its_successes_need_neither_the_lock_nor_the_clock() {
    let core = Core::new(last(10));
    for calls in 1..=7 {
        timeless_call(&core);
        assert_eq!(parked(&core), Some(calls));
    }
    assert_eq!(core.snapshot(Stamp::FIRST).calls, 7);
}

#[test]
fn once_it_is_full_of_successes_another_one_writes_nothing() {
    let core = Core::new(last(10));
    for _ in 0..10 {
        timeless_call(&core);
    }
    assert_eq!(core.snapshot(Stamp::FIRST).calls, 10);
    for _ in 0..1_000 {
        timeless_call(&core);
    }
    assert_eq!(parked(&core), Some(0));
    assert_eq!(core.snapshot(Stamp::FIRST).calls, 10);
}

#[test]
fn a_failure_is_pushed_out_by_as_many_successes_as_the_window_is_long() {
    let mut sim = Sim::new(last(10));
    sim.calls(30, OK);
    sim.call(FAILED);
    for left in (0..10).rev() {
        assert_eq!(sim.snapshot().failures, 1, "{left} to go");
        sim.call(OK);
    }
    assert_eq!((sim.snapshot().calls, sim.snapshot().failures), (10, 0));
}

#[test]
fn many_successes_that_were_not_told_of_push_out_what_lay_before_them() {
    for successes in [1_u32, 4, 9, 10, 11, 25] {
        let mut sim = Sim::new(last(10).no_consecutive());
        sim.calls(10, OK);
        sim.calls(4, FAILED);
        sim.calls(successes, OK);
        let left = 4_u32.saturating_sub(successes.saturating_sub(6));
        let Snapshot {
            calls, failures, ..
        } = sim.snapshot();
        assert_eq!((calls, failures), (10, u64::from(left)), "{successes}");
    }
}

#[test]
fn a_row_and_dropped_calls_are_ended_by_a_success_also_in_a_full_window() {
    let mut sim = Sim::new(last(10));
    sim.calls(20, OK);
    sim.snapshot();
    sim.calls(4, LOST);
    assert_eq!(sim.snapshot().consecutive, 4);
    sim.call(OK);
    assert_eq!(sim.snapshot().consecutive, 0);
    sim.calls(20, OK);
    let dropped = sim.start();
    sim.core
        .decide_silently(dropped, Outcome::Dropped, &mut || Stamp::FIRST);
    assert_eq!(sim.snapshot().abandoned, 1);
    sim.call(OK);
    assert_eq!(sim.snapshot().abandoned, 0);
}

#[test]
fn with_slow_set_it_needs_the_time() {
    let core = Core::new(last(10).slow(ms(100)));
    assert!(!core.is_timeless());
    let mut sim = Sim::new(last(10).slow(ms(100)));
    sim.calls(20, OK);
    sim.long_call(ms(100), OK);
    assert_eq!((sim.snapshot().calls, sim.snapshot().slow), (10, 1));
}

#[test]
fn a_call_that_began_before_anybody_asked_for_its_time_is_not_slow() {
    for window in [Window::Count(10), Window::Time(ms(10_000))] {
        let mut sim = Sim::new(last(10));
        let calls = [(); 3].map(|()| sim.start());
        sim.wait(ms(5_000));
        sim.core.configure(last(10).window(window).slow(ms(100)));
        for (call, outcome) in calls.into_iter().zip([OK, OK, FAILED]) {
            sim.end(call, outcome);
        }
        let seen = sim.snapshot();
        assert_eq!((seen.calls, seen.failures, seen.slow), (3, 1, 0));
    }
}

#[test]
fn only_a_closed_one_with_nothing_to_tell_is_without_time() {
    let mut sim = Sim::new(last(10));
    assert!(sim.core.is_timeless());
    sim.open();
    assert!(!sim.core.is_timeless(), "open");
    sim.wait_until_half_open();
    let probe = sim.start();
    assert!(!sim.core.is_timeless(), "half-open");
    sim.end(probe, OK);
    assert!(sim.core.is_timeless(), "closed again");
    assert!(!Core::new(Settings::new()).is_timeless(), "a time window");
}

#[test]
fn a_disabled_breaker_counts_no_success_and_writes_nothing() {
    let mut sim = Sim::new(Settings::new());
    sim.force(Forced::Disabled);
    let call = sim.start();
    assert!(sim.core.succeed_plainly(call));
    sim.force(Forced::Automatic);
    assert!(sim.core.succeed_plainly(call), "of an earlier cycle");
    assert_eq!(sim.snapshot().calls, 0);
}
