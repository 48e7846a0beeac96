//! The field's known mistakes, by their numbers in our survey of peers.

use super::*;

#[test]
fn b01_a_count_window_evicts_so_old_successes_do_not_hide_new_failures() {
    let mut sim = Sim::new(rate_only().window(Window::Count(10)).min_calls(10));
    sim.calls(1_000, OK);
    sim.calls(4, LOST);
    assert_eq!(sim.phase(), Phase::Closed);
    sim.call(LOST);
    assert_eq!(sim.phase(), Phase::Open);
}

#[test]
fn b01_a_time_window_evicts_too() {
    let mut sim = Sim::new(rate_only());
    sim.calls(1_000, OK);
    sim.wait(ms(10_000));
    sim.calls(19, LOST);
    assert_eq!(sim.phase(), Phase::Closed);
    sim.call(LOST);
    assert_eq!(sim.phase(), Phase::Open);
}

#[test]
fn b02_an_outcome_admitted_before_it_opened_does_not_decide_half_open() {
    for outcome in [OK, LOST] {
        let mut sim = Sim::new(Settings::new());
        let old = sim.start();
        sim.open_and_wait();
        let _probe = sim.start();
        sim.end(old, outcome);
        assert_eq!(sim.phase(), Phase::HalfOpen);
        assert_eq!(sim.snapshot().probes, 1);
    }
}

#[test]
fn b02_an_old_success_does_not_close_an_open_breaker() {
    let mut sim = Sim::new(Settings::new());
    let old = sim.start();
    sim.open();
    sim.end(old, OK);
    assert_eq!(sim.phase(), Phase::Open);
}

#[test]
fn b02_an_outcome_of_an_earlier_closed_phase_does_not_count_in_a_later_one() {
    let mut sim = Sim::new(Settings::new());
    let old = [sim.start(), sim.start(), sim.start()];
    sim.open_and_wait();
    sim.call(OK);
    assert_eq!(sim.phase(), Phase::Closed);
    for (admission, outcome) in old.into_iter().zip([OK, LOST, Outcome::Dropped]) {
        sim.end(admission, outcome);
    }
    let Snapshot {
        calls,
        abandoned,
        consecutive,
        ..
    } = sim.snapshot();
    assert_eq!((calls, abandoned, consecutive), (0, 0, 0));
}

#[test]
fn b02b_a_probe_of_cycle_1_does_not_count_in_cycle_2() {
    for outcome in [OK, LOST] {
        let mut sim = Sim::new(Settings::new().probes(2));
        sim.open_and_wait();
        let old = sim.start();
        sim.call(LOST);
        assert_eq!(sim.phase(), Phase::Open);
        sim.wait_until_half_open();
        let probe = sim.start();
        sim.end(old, outcome);
        assert_eq!(sim.phase(), Phase::HalfOpen);
        assert_eq!(
            sim.snapshot().probes,
            1,
            "the old probe frees nobody else's slot"
        );
        sim.end(probe, OK);
        sim.call(OK);
        assert_eq!(sim.phase(), Phase::Closed, "two successes of this cycle");
    }
}

#[test]
fn b03_a_dropped_probe_frees_its_slot() {
    let mut sim = Sim::new(Settings::new());
    sim.open_and_wait();
    for _ in 0..10 {
        let probe = sim.start();
        assert!(sim.refuses());
        sim.end(probe, Outcome::Dropped);
        assert!(!sim.refuses());
        assert_eq!(sim.phase(), Phase::HalfOpen);
    }
    sim.call(OK);
    assert_eq!(sim.phase(), Phase::Closed);
}

#[test]
fn b04_half_open_admits_only_its_probes() {
    let mut sim = Sim::new(Settings::new().probes(3));
    sim.open_and_wait();
    let probes = [sim.start(), sim.start(), sim.start()];
    assert!(probes.iter().all(|probe| probe.is_probe()));
    for _ in 0..32 {
        assert!(sim.refuses());
        assert!(sim.admit().is_err());
    }
    sim.end(probes[0], OK);
    assert!(sim.admit().is_err(), "three in all until it is decided");
    sim.end(probes[1], OK);
    sim.end(probes[2], OK);
    assert_eq!(sim.phase(), Phase::Closed);
}

#[test]
fn b05_calls_that_hang_and_are_dropped_open_it() {
    for window in [Window::Time(ms(10_000)), Window::Count(20)] {
        let mut sim = Sim::new(Settings::new().window(window));
        sim.calls(19, Outcome::Dropped);
        assert_eq!(sim.phase(), Phase::Closed);
        sim.call(Outcome::Dropped);
        assert_eq!(sim.phase(), Phase::Open);
        assert_eq!(sim.causes(), [Cause::Abandoned]);
    }
}

#[test]
fn b05_dropped_calls_are_nobody_s_fault_while_others_finish() {
    let mut sim = Sim::new(Settings::new());
    sim.call(OK);
    sim.calls(100, Outcome::Dropped);
    assert_eq!(sim.phase(), Phase::Closed);
    let Snapshot {
        calls,
        failures,
        abandoned,
        ..
    } = sim.snapshot();
    assert_eq!((calls, failures, abandoned), (1, 0, 100));
}

#[test]
fn b05_in_a_time_window_the_last_finished_call_grows_old() {
    let mut sim = Sim::new(Settings::new());
    sim.call(OK);
    sim.wait(ms(5_000));
    sim.calls(50, Outcome::Dropped);
    sim.wait(ms(4_999));
    sim.call(Outcome::Dropped);
    assert_eq!(sim.phase(), Phase::Closed);
    sim.wait(ms(1));
    sim.call(Outcome::Dropped);
    assert_eq!(sim.phase(), Phase::Open);
}

#[test]
fn b05_in_a_count_window_a_window_full_of_dropped_calls_opens_it() {
    let mut sim = Sim::new(Settings::new().window(Window::Count(30)));
    sim.call(OK);
    sim.calls(29, Outcome::Dropped);
    assert_eq!(sim.phase(), Phase::Closed);
    sim.call(Outcome::Dropped);
    assert_eq!(sim.phase(), Phase::Open);
}

#[test]
fn b06_the_verdict_falls_at_exactly_min_calls() {
    for window in [Window::Time(ms(10_000)), Window::Count(4)] {
        let mut sim = Sim::new(rate_only().min_calls(4).window(window));
        sim.calls(3, LOST);
        assert_eq!(sim.phase(), Phase::Closed);
        sim.call(LOST);
        assert_eq!(sim.phase(), Phase::Open);
    }
}

#[test]
fn b06_a_success_that_completes_min_calls_is_judged_as_well() {
    for window in [Window::Time(ms(10_000)), Window::Count(20)] {
        let mut sim = Sim::new(rate_only().window(window));
        sim.calls(10, LOST);
        sim.calls(9, OK);
        assert_eq!(sim.phase(), Phase::Closed);
        sim.call(OK);
        assert_eq!(sim.phase(), Phase::Open, "ten of twenty");
        assert_eq!(sim.causes(), [Cause::FailureRate]);
    }
}

#[test]
fn b06_one_failure_less_stays_closed() {
    let mut sim = Sim::new(rate_only());
    sim.calls(9, LOST);
    sim.calls(11, OK);
    sim.calls(1, OK);
    assert_eq!(sim.phase(), Phase::Closed);
    sim.calls(3, LOST);
    assert_eq!(sim.phase(), Phase::Open, "twelve of 24");
}

#[test]
fn b23_whoever_sees_it_open_sees_the_time_of_this_opening() {
    let mut sim = Sim::new(Settings::new());
    for _ in 0..6 {
        sim.open();
        let left = sim.snapshot().open_left.expect("open");
        assert!(left > Duration::ZERO);
        let refused = sim.core.look(sim.now).expect_err("open");
        assert_eq!(refused.retry_after, Some(left));
        assert_eq!(sim.admit().expect_err("open"), refused);
        sim.wait_until_half_open();
        sim.call(OK);
    }
}
