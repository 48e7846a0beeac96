//! What a closed breaker counts, and what opens it.

use super::*;
use crate::sync::Ordering;

#[test]
fn exactly_the_rate_opens_and_a_hundredth_less_does_not() {
    let sim = |rate: u16, failures: u32| {
        let settings = rate_only()
            .failure_rate(Ratio::hundredths(rate))
            .min_calls(100);
        let mut sim = Sim::new(settings);
        sim.calls(100 - failures, OK);
        sim.calls(failures, LOST);
        sim.phase()
    };
    assert_eq!(sim(1_000, 10), Phase::Open);
    assert_eq!(sim(1_001, 10), Phase::Closed);
    assert_eq!(sim(10_000, 100), Phase::Open);
    assert_eq!(sim(10_000, 99), Phase::Closed);
}

#[test]
fn every_kind_of_failure_counts_towards_the_rate() {
    let mut sim = Sim::new(rate_only());
    sim.calls(7, LOST);
    sim.calls(7, FAILED);
    sim.calls(5, Outcome::NotSent);
    assert_eq!(sim.snapshot().failures, 19);
    sim.call(Outcome::NotSent);
    assert_eq!(sim.phase(), Phase::Open);
}

#[test]
fn ignored_calls_count_as_nothing() {
    let mut sim = Sim::new(rate_only().min_calls(2).window(Window::Count(2)));
    sim.calls(100, Outcome::Ignored);
    assert_eq!(sim.snapshot().calls, 0);
    sim.call(LOST);
    sim.calls(100, Outcome::Ignored);
    assert_eq!(sim.snapshot().failures, 1);
    sim.call(LOST);
    assert_eq!(sim.phase(), Phase::Open);
}

#[test]
fn failures_thinner_than_the_window_never_open_it() {
    let mut sim = Sim::new(rate_only().min_calls(15).window(Window::Time(ms(5_000))));
    for _ in 0..200 {
        sim.call(LOST);
        sim.wait(ms(500));
    }
    assert_eq!(sim.phase(), Phase::Closed);
}

#[test]
fn a_success_may_open_it_when_older_successes_have_left_the_window() {
    let mut sim = Sim::new(rate_only());
    sim.calls(30, OK);
    sim.wait(ms(5_000));
    sim.calls(20, LOST);
    sim.calls(19, OK);
    assert_eq!(sim.phase(), Phase::Closed, "20 of 69");
    sim.wait(ms(5_000));
    sim.call(OK);
    assert_eq!(sim.phase(), Phase::Open, "20 of 40");
}

#[test]
fn five_unknown_outcomes_in_a_row_open_it() {
    let mut sim = Sim::new(Settings::new());
    sim.calls(4, LOST);
    assert_eq!(
        (sim.phase(), sim.snapshot().consecutive),
        (Phase::Closed, 4)
    );
    sim.call(LOST);
    assert_eq!(sim.phase(), Phase::Open);
    assert_eq!(sim.causes(), [Cause::Consecutive]);
}

#[test]
fn any_answer_ends_a_row_of_unknown_outcomes() {
    for answer in [OK, FAILED] {
        let mut sim = Sim::new(Settings::new().no_failure_rate());
        for _ in 0..20 {
            sim.calls(4, LOST);
            sim.call(answer);
            assert_eq!(
                (sim.phase(), sim.snapshot().consecutive),
                (Phase::Closed, 0)
            );
        }
    }
}

#[test]
fn calls_without_an_answer_neither_lengthen_nor_end_a_row() {
    let mut sim = Sim::new(Settings::new());
    for _ in 0..4 {
        sim.call(LOST);
        sim.call(Outcome::Ignored);
        sim.call(Outcome::Dropped);
    }
    assert_eq!(
        (sim.phase(), sim.snapshot().consecutive),
        (Phase::Closed, 4)
    );
    sim.call(LOST);
    assert_eq!(sim.phase(), Phase::Open);
}

#[test]
fn one_lost_connection_with_fifty_calls_in_flight_counts_once() {
    let mut sim = Sim::new(Settings::new().no_failure_rate());
    for lost in 1..=4 {
        let in_flight: Vec<_> = (0..50).map(|_| sim.start()).collect();
        for call in in_flight {
            sim.end(call, LOST);
        }
        assert_eq!(
            (sim.phase(), sim.snapshot().consecutive),
            (Phase::Closed, lost)
        );
    }
    sim.call(LOST);
    assert_eq!(sim.phase(), Phase::Open);
}

#[test]
fn a_call_admitted_in_an_earlier_row_does_not_lengthen_a_later_one() {
    let mut sim = Sim::new(Settings::new().no_failure_rate());
    sim.call(LOST);
    let old = sim.start();
    sim.call(OK);
    sim.call(LOST);
    assert_eq!(sim.snapshot().consecutive, 1);
    sim.end(old, LOST);
    assert_eq!(sim.snapshot().consecutive, 1);
}

#[test]
fn without_consecutive_no_row_is_counted() {
    let mut sim = Sim::new(rate_only());
    sim.calls(19, LOST);
    assert_eq!(
        (sim.phase(), sim.snapshot().consecutive),
        (Phase::Closed, 0)
    );
}

#[test]
fn slow_calls_open_it_at_their_own_rate() {
    let mut sim = Sim::new(rate_only().slow(ms(100)).min_calls(5));
    sim.long_call(ms(99), OK);
    for slow in 1..=3 {
        sim.long_call(ms(100), OK);
        assert_eq!(sim.snapshot().slow, slow);
    }
    assert_eq!(sim.phase(), Phase::Closed);
    sim.long_call(ms(100), OK);
    assert_eq!(sim.phase(), Phase::Open, "four of five");
    assert_eq!(sim.causes(), [Cause::SlowRate]);
}

#[test]
fn a_slow_failure_is_both_and_a_fast_success_may_complete_the_calls() {
    let mut sim = Sim::new(
        rate_only()
            .slow(ms(100))
            .slow_rate(Ratio::percent(50))
            .min_calls(4),
    );
    sim.long_call(ms(500), FAILED);
    sim.long_call(ms(500), OK);
    let Snapshot {
        calls,
        failures,
        slow,
        slow_rate,
        ..
    } = sim.snapshot();
    assert_eq!(
        (calls, failures, slow, slow_rate),
        (2, 1, 2, Some(Ratio::ALL))
    );
    sim.call(OK);
    assert_eq!(sim.phase(), Phase::Closed);
    sim.call(OK);
    assert_eq!(sim.phase(), Phase::Open);
    assert_eq!(sim.causes(), [Cause::SlowRate]);
}

#[test]
fn without_slow_nothing_is_slow_and_a_plain_success_reads_no_clock() {
    let core = Core::new(Settings::new());
    let success = |at| {
        let (admission, _) = core.admit(at);
        core.record(admission.unwrap(), OK, || panic!("read the clock"))
    };
    for step in 0..100 {
        assert_eq!(success(Stamp::FIRST.plus(ms(step * 300))), None);
    }
    assert_eq!(core.snapshot(Stamp::FIRST.plus(ms(30_000))).slow, 0);
}

#[test]
fn a_long_success_counts_where_it_ended_once_a_newer_call_is_known() {
    let mut sim = Sim::new(rate_only());
    let long: Vec<_> = (0..20).map(|_| sim.start()).collect();
    sim.wait(ms(15_000));
    sim.call(LOST);
    for call in long {
        sim.end(call, OK);
    }
    assert_eq!(
        sim.snapshot().calls,
        21,
        "nothing of it is older than the window"
    );
}

#[test]
fn a_success_that_opens_it_does_so_when_it_ends() {
    for window in [Window::Time(ms(10_000)), Window::Count(20)] {
        let mut sim = Sim::new(rate_only().window(window));
        sim.calls(10, LOST);
        sim.calls(9, OK);
        sim.long_call(ms(700), OK);
        let opened = sim.reported[0];
        assert_eq!((opened.to, opened.at), (Phase::Open, sim.now));
        assert_eq!(sim.snapshot().open_left, opened.open_for);
    }
}

#[test]
fn a_success_that_opens_it_by_moving_the_window_on_does_so_when_it_ends() {
    let mut sim = Sim::new(rate_only());
    sim.calls(30, OK);
    sim.wait(ms(5_000));
    sim.calls(20, LOST);
    sim.wait(ms(5_000));
    sim.long_call(ms(900), OK);
    assert_eq!((sim.phase(), sim.reported[0].at), (Phase::Open, sim.now));
}

/// How many successes lie there that the machine was not asked about; none if it must be asked.
fn parked(sim: &Sim) -> Option<u64> {
    let parked = sim.core.parked.load(Ordering::Relaxed);
    (parked != 0).then_some(parked & u64::from(u32::MAX))
}

#[test]
fn a_healthy_breaker_counts_successes_without_its_lock() {
    let mut sim = Sim::new(Settings::new());
    sim.call(OK);
    assert_eq!(parked(&sim), Some(0), "the first one turned the bucket");
    sim.calls(7, OK);
    assert_eq!(parked(&sim), Some(7));
    sim.wait(ms(1_000));
    sim.call(OK);
    assert_eq!(parked(&sim), Some(0));
    sim.call(FAILED);
    sim.calls(3, OK);
    assert_eq!(
        parked(&sim),
        Some(3),
        "a failure among them changes nothing"
    );
    assert_eq!(sim.snapshot().calls, 13);
}

#[test]
fn with_slow_set_fast_successes_need_no_lock_either() {
    let mut sim = Sim::new(Settings::new().slow(ms(100)));
    sim.call(OK);
    sim.long_call(ms(99), OK);
    assert_eq!(parked(&sim), Some(1));
    sim.long_call(ms(100), OK);
    assert_eq!(parked(&sim), Some(0), "a slow one does");
    assert_eq!((sim.snapshot().calls, sim.snapshot().slow), (3, 1));
}

#[test]
fn a_call_that_began_in_an_earlier_step_needs_no_lock_if_it_ends_in_the_newest() {
    let mut sim = Sim::new(Settings::new());
    let long = sim.start();
    sim.wait(ms(3_000));
    sim.call(OK);
    sim.end(long, OK);
    assert_eq!(parked(&sim), Some(1));
}

#[test]
fn the_lock_is_needed_while_a_row_is_on_or_a_success_could_open_it() {
    let mut sim = Sim::new(Settings::new());
    sim.call(OK);
    sim.call(LOST);
    assert_eq!(parked(&sim), None, "a success must end the row");
    sim.call(OK);
    assert_eq!(parked(&sim), Some(0));
    sim.calls(9, FAILED);
    assert_eq!(parked(&sim), None, "ten of the twenty that are judged");
    sim.calls(7, OK);
    assert_eq!((parked(&sim), sim.phase()), (None, Phase::Closed));
    sim.call(OK);
    assert_eq!(sim.phase(), Phase::Open);
}

#[test]
fn a_full_count_of_parked_successes_is_handed_to_the_machine() {
    let mut sim = Sim::new(Settings::new());
    sim.call(OK);
    let full = sim.core.parked.load(Ordering::Relaxed) | u64::from(u32::MAX);
    sim.core.parked.store(full, Ordering::Relaxed);
    sim.call(OK);
    assert_eq!(
        parked(&sim),
        Some(0),
        "one more would have run into the tag"
    );
    assert_eq!(
        sim.snapshot().calls,
        u64::from(u32::MAX),
        "the bucket's own count is full, too"
    );
}
