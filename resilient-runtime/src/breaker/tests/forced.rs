//! What operators do: force, release, reset, configure.

use super::*;

#[test]
fn forced_open_refuses_until_it_is_released_and_knows_no_end() {
    let mut sim = Sim::new(Settings::new());
    sim.force(Forced::Open);
    sim.wait(ms(3_600_000));
    assert_eq!(sim.admit().expect_err("forced").retry_after, None);
    assert_eq!(sim.core.look(sim.now), Err(Refused { retry_after: None }));
    sim.force(Forced::Automatic);
    assert_eq!(sim.phase(), Phase::Closed);
    sim.call(OK);
    assert_eq!(sim.causes(), [Cause::Forced, Cause::Released]);
}

#[test]
fn force_close_works_from_open_and_holds_whatever_fails() {
    let mut sim = Sim::new(Settings::new());
    sim.open();
    sim.force(Forced::Closed);
    sim.calls(100, LOST);
    assert_eq!(sim.phase(), Phase::ForcedClosed);
    let Snapshot {
        calls, failures, ..
    } = sim.snapshot();
    assert_eq!((calls, failures), (100, 100), "it goes on counting");
    sim.force(Forced::Automatic);
    assert_eq!((sim.phase(), sim.snapshot().calls), (Phase::Closed, 0));
}

#[test]
fn disabled_lets_all_through_and_counts_nothing() {
    let mut sim = Sim::new(Settings::new());
    sim.open();
    sim.force(Forced::Disabled);
    sim.calls(100, LOST);
    sim.calls(100, Outcome::Dropped);
    let Snapshot {
        phase,
        calls,
        abandoned,
        ..
    } = sim.snapshot();
    assert_eq!((phase, calls, abandoned), (Phase::Disabled, 0, 0));
    assert!(!sim.refuses());
}

#[test]
fn metrics_only_counts_and_never_refuses() {
    let mut sim = Sim::new(Settings::new().slow(ms(10)));
    sim.force(Forced::MetricsOnly);
    sim.calls(30, LOST);
    sim.calls(30, OK);
    sim.calls(30, Outcome::Dropped);
    sim.long_call(ms(10), OK);
    let now = sim.snapshot();
    assert_eq!(
        (now.phase, now.calls, now.failures),
        (Phase::MetricsOnly, 61, 30)
    );
    assert_eq!((now.slow, now.abandoned, now.consecutive), (1, 30, 0));
    assert_eq!(now.failure_rate, Some(Ratio::hundredths(4_918)));
    assert!(!sim.refuses());
}

#[test]
fn forcing_what_is_so_already_is_no_transition() {
    let mut sim = Sim::new(Settings::new());
    sim.force(Forced::Automatic);
    for forced in [
        Forced::Open,
        Forced::Closed,
        Forced::Disabled,
        Forced::MetricsOnly,
        Forced::HalfOpen,
    ] {
        sim.force(forced);
        sim.force(forced);
    }
    sim.force(Forced::Automatic);
    let phases: Vec<_> = sim
        .reported
        .iter()
        .map(|change| (change.from, change.to))
        .collect();
    let expected = [
        (Phase::Closed, Phase::ForcedOpen),
        (Phase::ForcedOpen, Phase::ForcedClosed),
        (Phase::ForcedClosed, Phase::Disabled),
        (Phase::Disabled, Phase::MetricsOnly),
        (Phase::MetricsOnly, Phase::HalfOpen),
    ];
    assert_eq!(phases, expected, "half-open is automatic already");
    assert_eq!(sim.snapshot().transitions, 5);
}

#[test]
fn an_open_breaker_can_be_made_to_ask_at_once_and_goes_on_doubling() {
    let mut sim = Sim::new(Settings::new());
    sim.open();
    sim.force(Forced::HalfOpen);
    assert!(sim.start().is_probe());
    sim.force(Forced::Open);
    sim.force(Forced::HalfOpen);
    sim.call(LOST);
    assert!(
        sim.snapshot().open_left.expect("open") <= ms(1_000),
        "forcing open forgets"
    );
    sim.force(Forced::HalfOpen);
    sim.call(LOST);
    assert!(sim.snapshot().open_left.expect("open") > ms(999));
}

#[test]
fn no_clock_is_read_for_what_does_not_count() {
    let mut sim = Sim::new(Settings::new());
    let read_none = |core: &Core, admission, outcome| {
        assert_eq!(
            core.record(admission, outcome, || panic!("read the clock")),
            None
        );
    };
    let old = sim.start();
    read_none(&sim.core, old, Outcome::Ignored);
    sim.force(Forced::Disabled);
    let counted_by_nobody = sim.start();
    read_none(&sim.core, old, LOST);
    read_none(&sim.core, counted_by_nobody, LOST);
    sim.force(Forced::HalfOpen);
    let probe = sim.start();
    read_none(&sim.core, probe, Outcome::Ignored);
    assert!(!sim.refuses(), "its slot is free");
}

#[test]
fn outcomes_of_before_a_command_do_not_count_after_it() {
    for forced in [Forced::Closed, Forced::MetricsOnly] {
        let mut sim = Sim::new(Settings::new());
        let old = sim.start();
        sim.force(forced);
        sim.end(old, LOST);
        assert_eq!(sim.snapshot().calls, 0);
    }
}

#[test]
fn reset_is_as_if_just_made_and_outcomes_of_before_do_not_count() {
    for forced in [None, Some(Forced::Open), Some(Forced::Disabled)] {
        let mut sim = Sim::new(Settings::new());
        let old = sim.start();
        sim.open();
        assert!(sim.refuses());
        if let Some(forced) = forced {
            sim.force(forced);
        }
        sim.core.reset(sim.now);
        assert_eq!(sim.snapshot(), Sim::new(Settings::new()).snapshot());
        sim.end(old, LOST);
        assert_eq!(sim.snapshot().calls, 0);
        sim.call(OK);
        assert_eq!(
            sim.causes().last(),
            Some(&Cause::Reset),
            "the next call reports it"
        );
    }
}

#[test]
fn a_reset_of_a_closed_breaker_empties_its_window_and_reports_nothing() {
    let mut sim = Sim::new(Settings::new());
    let old = sim.start();
    sim.calls(4, LOST);
    sim.core.reset(sim.now);
    sim.end(old, LOST);
    sim.call(OK);
    assert_eq!((sim.snapshot().calls, sim.reported.len()), (1, 0));
}

#[test]
fn new_numbers_hold_from_now_on_and_what_is_counted_stays() {
    let mut sim = Sim::new(Settings::new());
    sim.calls(4, LOST);
    sim.calls(6, OK);
    let stricter = Settings::new()
        .min_calls(11)
        .failure_rate(Ratio::percent(30))
        .slow(ms(5));
    sim.core.configure(stricter);
    assert_eq!(
        (sim.core.settings(), sim.snapshot().settings),
        (stricter, stricter)
    );
    sim.long_call(ms(5), OK);
    assert_eq!(sim.phase(), Phase::Open, "four of eleven");
    assert_eq!(sim.reported.len(), 1);
    sim.core.configure(Settings::new());
    assert_eq!(sim.phase(), Phase::Open);
}

#[test]
fn a_new_window_takes_over_what_fits_the_old_one() {
    let mut sim = Sim::new(rate_only().min_calls(10));
    sim.calls(4, LOST);
    sim.core
        .configure(rate_only().min_calls(10).window(Window::Time(ms(60_000))));
    assert_eq!(sim.snapshot().failures, 4);
    sim.wait(ms(30_000));
    sim.calls(6, LOST);
    assert_eq!(sim.phase(), Phase::Open, "all ten lie within a minute");
    let mut sim = Sim::new(rate_only().window(Window::Count(20)));
    sim.calls(4, LOST);
    sim.core
        .configure(rate_only().min_calls(2).window(Window::Count(3)));
    assert_eq!(sim.snapshot().failures, 3);
}

#[test]
fn fewer_probes_than_have_succeeded_leave_no_breaker_stuck() {
    let mut sim = Sim::new(Settings::new().probes(5));
    sim.open_and_wait();
    sim.calls(3, OK);
    sim.core.configure(Settings::new().probes(2));
    sim.call(OK);
    assert_eq!(sim.phase(), Phase::Closed);
}

#[test]
fn a_state_for_another_key_takes_over_what_an_operator_forced() {
    let cases = [
        (Forced::Open, Phase::ForcedOpen),
        (Forced::Closed, Phase::ForcedClosed),
        (Forced::Disabled, Phase::Disabled),
        (Forced::MetricsOnly, Phase::MetricsOnly),
    ];
    let settings = Settings::new().probes(3);
    for (forced, phase) in cases {
        let mut sim = Sim::new(settings);
        sim.force(forced);
        let other = sim.core.another(sim.now).snapshot(sim.now);
        assert_eq!((other.phase, other.settings), (phase, settings));
        assert_eq!((other.transitions, other.calls), (0, 0));
    }
    let mut sim = Sim::new(settings);
    sim.open();
    assert_eq!(
        sim.core.another(sim.now).snapshot(sim.now).phase,
        Phase::Closed
    );
}
