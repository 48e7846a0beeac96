//! Open times, probes, and what they decide.

use super::*;

const fn asking(seconds: u64) -> Outcome {
    Outcome::Failure {
        unknown: false,
        retry_after: Some(Duration::from_secs(seconds)),
    }
}

#[test]
fn it_refuses_until_the_open_time_is_over_and_then_admits_one_probe() {
    let mut sim = Sim::new(Settings::new());
    sim.open();
    let left = sim.snapshot().open_left.expect("open");
    sim.wait(left.saturating_sub(Duration::from_nanos(1)));
    let refused = sim.admit().expect_err("one nanosecond early");
    assert_eq!(refused.retry_after, Some(Duration::from_nanos(1)));
    sim.wait(Duration::from_nanos(1));
    assert_eq!(sim.snapshot().open_left, Some(Duration::ZERO));
    assert_eq!(sim.core.look(sim.now), Ok(()), "looking takes nothing");
    assert!(sim.start().is_probe());
    assert_eq!(sim.phase(), Phase::HalfOpen);
    assert!(sim.refuses());
}

#[test]
fn the_open_time_lies_between_half_and_all_of_it() {
    let mut drawn = Vec::new();
    for _ in 0..200 {
        let mut sim = Sim::new(Settings::new());
        sim.open();
        drawn.push(sim.reported[0].open_for.expect("open"));
    }
    assert!(
        drawn
            .iter()
            .all(|time| (ms(500)..=ms(1_000)).contains(time))
    );
    assert!(
        drawn.iter().any(|time| *time < ms(600)),
        "spread over the whole half"
    );
    assert!(drawn.iter().any(|time| *time > ms(900)));
}

#[test]
fn the_open_time_doubles_while_probes_fail_and_starts_anew_after_closing() {
    let mut sim = Sim::new(Settings::new().max_open(ms(30_000)));
    sim.open();
    for seconds in [1, 2, 4, 8, 16] {
        let open = sim.snapshot().open_left.expect("open");
        assert!(
            (ms(500 * seconds)..=ms(1_000 * seconds)).contains(&open),
            "{open:?}"
        );
        sim.wait_until_half_open();
        sim.call(LOST);
    }
    for _ in 0..40 {
        let open = sim.snapshot().open_left.expect("open");
        assert!((ms(16_000)..=ms(30_000)).contains(&open), "{open:?}");
        sim.wait_until_half_open();
        sim.call(LOST);
    }
    sim.wait_until_half_open();
    sim.call(OK);
    sim.open();
    assert!(sim.snapshot().open_left.expect("open") <= ms(1_000));
}

#[test]
fn only_a_probe_that_nobody_answered_makes_the_next_one_wait_longer() {
    for harmless in [Outcome::NotSent, FAILED] {
        let mut sim = Sim::new(Settings::new().max_open(ms(30_000)));
        sim.open();
        for (outcome, longest) in [(harmless, 1_000), (LOST, 2_000), (harmless, 2_000)] {
            sim.wait_until_half_open();
            sim.call(outcome);
            let open = sim.snapshot().open_left.expect("open");
            assert!((ms(longest / 2)..=ms(longest)).contains(&open), "{open:?}");
        }
    }
}

#[test]
fn after_eight_unanswered_probes_in_a_row_they_come_as_often_as_at_first() {
    let mut sim = Sim::new(Settings::new());
    sim.open();
    for longest in [2, 2, 2, 2, 2, 2, 2, 1, 1] {
        sim.wait_until_half_open();
        sim.call(LOST);
        let open = sim.snapshot().open_left.expect("open");
        assert!(
            (ms(500 * longest)..=ms(1_000 * longest)).contains(&open),
            "{open:?}"
        );
    }
}

#[test]
fn the_open_time_counts_from_when_the_failed_probe_was_sent() {
    for (took, shortest, longest) in [
        (ms(200), ms(800), ms(1_800)),
        (ms(900), ms(250), ms(1_100)),
        (ms(9_000), ms(250), ms(250)),
    ] {
        let mut sim = Sim::new(Settings::new());
        sim.open_and_wait();
        sim.long_call(took, LOST);
        let open = sim.snapshot().open_left.expect("open");
        assert!(
            (shortest..=longest).contains(&open),
            "{open:?} after {took:?}"
        );
    }
}

#[test]
fn an_exact_open_time_and_a_retry_after_count_from_the_end_of_the_probe() {
    let mut exact = Sim::new(Settings::new().no_jitter());
    exact.open_and_wait();
    exact.long_call(ms(700), LOST);
    assert_eq!(exact.snapshot().open_left, Some(ms(2_000)));
    let mut asked = Sim::new(Settings::new());
    asked.open_and_wait();
    asked.long_call(ms(700), asking(7));
    assert_eq!(asked.snapshot().open_left, Some(ms(7_000)));
}

#[test]
fn a_retry_after_of_the_failure_that_opens_it_becomes_the_open_time() {
    let mut sim = Sim::new(rate_only().min_calls(2));
    sim.call(asking(3));
    sim.call(asking(7));
    assert_eq!(sim.snapshot().open_left, Some(ms(7_000)));
    sim.wait_until_half_open();
    sim.call(asking(90));
    assert_eq!(
        sim.snapshot().open_left,
        Some(ms(30_000)),
        "at most max_open"
    );
}

#[test]
fn a_retry_after_does_not_stop_the_doubling() {
    let mut sim = Sim::new(rate_only().min_calls(1));
    sim.call(asking(7));
    sim.wait_until_half_open();
    sim.call(LOST);
    let open = sim.snapshot().open_left.expect("open");
    assert!((ms(1_000)..=ms(2_000)).contains(&open), "{open:?}");
}

#[test]
fn it_closes_after_so_many_successful_probes_with_an_empty_window() {
    let mut sim = Sim::new(Settings::new().probes(3));
    sim.open_and_wait();
    sim.calls(2, OK);
    assert_eq!(sim.phase(), Phase::HalfOpen);
    sim.call(OK);
    assert_eq!(sim.phase(), Phase::Closed);
    assert_eq!(sim.snapshot().calls, 0);
    let causes = [
        Cause::Consecutive,
        Cause::OpenTimeOver,
        Cause::ProbesSucceeded,
    ];
    assert_eq!(sim.causes(), causes);
    assert_eq!(sim.snapshot().transitions, 3);
}

#[test]
fn any_failed_probe_opens_it_again() {
    for outcome in [LOST, FAILED, Outcome::NotSent] {
        let mut sim = Sim::new(Settings::new().probes(3));
        sim.open_and_wait();
        sim.calls(2, OK);
        sim.call(outcome);
        assert_eq!(sim.phase(), Phase::Open);
        assert_eq!(sim.causes().last(), Some(&Cause::ProbeFailed));
    }
}

#[test]
fn a_slow_success_is_a_failed_probe() {
    let mut sim = Sim::new(Settings::new().slow(ms(200)));
    sim.open_and_wait();
    sim.long_call(ms(200), OK);
    assert_eq!(sim.phase(), Phase::Open);
    assert_eq!(sim.causes().last(), Some(&Cause::ProbeSlow));
    sim.wait_until_half_open();
    sim.long_call(ms(199), OK);
    assert_eq!(sim.phase(), Phase::Closed);
}

#[test]
fn an_ignored_probe_gives_its_slot_back_and_decides_nothing() {
    let mut sim = Sim::new(Settings::new());
    sim.open_and_wait();
    for _ in 0..5 {
        sim.call(Outcome::Ignored);
        assert_eq!(sim.phase(), Phase::HalfOpen);
    }
    sim.call(OK);
    assert_eq!(sim.phase(), Phase::Closed);
}

#[test]
fn a_silent_probe_gives_its_slot_away_after_ten_seconds() {
    let mut sim = Sim::new(Settings::new());
    sim.open_and_wait();
    let silent = sim.start();
    sim.wait(ms(9_999));
    assert_eq!(sim.admit().expect_err("full").retry_after, Some(ms(1)));
    assert!(sim.refuses());
    sim.wait(ms(1));
    assert!(!sim.refuses());
    let probe = sim.start();
    assert!(sim.refuses(), "one slot, one probe");
    sim.end(silent, LOST);
    assert_eq!(sim.phase(), Phase::HalfOpen, "its late outcome is ignored");
    assert!(sim.refuses(), "and frees nobody else's slot");
    sim.end(probe, OK);
    assert_eq!(sim.phase(), Phase::Closed);
}

#[test]
fn a_silent_probe_keeps_its_say_until_somebody_took_its_slot() {
    let mut sim = Sim::new(Settings::new());
    sim.open_and_wait();
    sim.long_call(ms(60_000), OK);
    assert_eq!(sim.phase(), Phase::Closed);
}

#[test]
fn a_long_open_time_or_a_long_slow_gives_probes_as_long() {
    for settings in [
        Settings::new().open(ms(20_000)),
        Settings::new().slow(ms(20_000)),
    ] {
        let mut sim = Sim::new(settings);
        sim.open_and_wait();
        let _silent = sim.start();
        sim.wait(ms(19_999));
        assert!(sim.refuses());
        sim.wait(ms(1));
        assert!(sim.start().is_probe());
    }
}

#[test]
fn the_oldest_silent_probe_gives_way_first() {
    let mut sim = Sim::new(Settings::new().probes(2));
    sim.open_and_wait();
    let first = sim.start();
    sim.wait(ms(4_000));
    let second = sim.start();
    sim.wait(ms(6_000));
    let third = sim.start();
    assert_eq!(sim.admit().expect_err("full").retry_after, Some(ms(4_000)));
    sim.end(first, LOST);
    assert_eq!(sim.phase(), Phase::HalfOpen);
    sim.end(second, OK);
    sim.end(third, OK);
    assert_eq!(sim.phase(), Phase::Closed);
}

#[test]
fn refusals_are_counted_wherever_they_happen() {
    let mut sim = Sim::new(Settings::new());
    sim.open();
    assert!(sim.refuses());
    assert!(sim.admit().is_err());
    sim.wait_until_half_open();
    let _probe = sim.start();
    assert!(sim.admit().is_err());
    assert_eq!(sim.snapshot().rejected, 3);
    sim.force(Forced::Open);
    assert!(sim.refuses());
    assert!(sim.admit().is_err());
    assert_eq!(sim.snapshot().rejected, 5);
}
