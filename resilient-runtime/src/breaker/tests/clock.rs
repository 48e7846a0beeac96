//! A clock that lies behind what the breaker has seen, and one that only seems to.

use super::*;

/// Behind by a hair more than any thread is held up.
const TOO_FAR: Duration = ms(1_001);
const JUST: Duration = ms(1_000);

impl Sim {
    fn step_back(&mut self, time: Duration) {
        self.now = Stamp::from_nanos(self.now.as_nanos() - u64::try_from(time.as_nanos()).unwrap());
    }
}

fn opened() -> Sim {
    let mut sim = Sim::new(Settings::new());
    sim.wait(ms(60_000));
    sim.open();
    sim
}

#[test]
fn an_open_breaker_met_by_an_earlier_clock_starts_over_and_says_so() {
    let mut sim = opened();
    sim.step_back(TOO_FAR);
    assert!(!sim.refuses());
    assert!(!sim.start().is_probe());
    assert_eq!(sim.phase(), Phase::Closed);
    let reset = *sim.reported.last().expect("reported");
    assert_eq!((reset.from, reset.to), (Phase::Open, Phase::Closed));
    assert_eq!((reset.cause, reset.at), (Cause::ClockBehind, sim.now));
}

#[test]
fn a_thread_that_was_held_up_for_a_second_resets_nothing() {
    let mut sim = opened();
    sim.step_back(JUST);
    assert!(sim.refuses());
    assert!(sim.admit().is_err());
    assert_eq!(sim.phase(), Phase::Open);
}

#[test]
fn a_half_open_breaker_met_by_an_earlier_clock_starts_over() {
    let mut sim = opened();
    sim.wait_until_half_open();
    let probe = sim.start();
    sim.step_back(TOO_FAR);
    assert!(!sim.refuses());
    sim.end(probe, LOST);
    assert_eq!(
        sim.phase(),
        Phase::Closed,
        "the outcome is of another clock, too"
    );
    assert_eq!(sim.causes().last(), Some(&Cause::ClockBehind));
}

#[test]
fn a_window_met_by_an_earlier_clock_is_emptied_on_the_first_outcome() {
    for outcome in [OK, LOST, Outcome::Dropped] {
        let mut sim = Sim::new(Settings::new());
        sim.wait(ms(60_000));
        sim.calls(3, LOST);
        sim.calls(7, OK);
        sim.step_back(ms(30_000));
        sim.call(outcome);
        let Snapshot {
            phase,
            calls,
            abandoned,
            ..
        } = sim.snapshot();
        assert_eq!(
            (phase, calls, abandoned),
            (Phase::Closed, 0, 0),
            "{outcome:?}"
        );
        assert_eq!(sim.causes(), [Cause::ClockBehind]);
        sim.calls(2, OK);
        assert_eq!(sim.snapshot().calls, 2, "and works on the new clock");
        assert_eq!(sim.reported.len(), 1);
    }
}

#[test]
fn a_window_is_not_emptied_by_an_outcome_a_second_behind_its_newest_step() {
    let mut sim = Sim::new(Settings::new());
    sim.wait(ms(60_000));
    sim.call(FAILED);
    sim.step_back(JUST);
    sim.call(FAILED);
    sim.call(OK);
    assert_eq!((sim.snapshot().calls, sim.reported.len()), (3, 0));
}

#[test]
fn what_an_operator_decided_stays_when_the_clock_steps_back() {
    for forced in [Forced::MetricsOnly, Forced::Closed] {
        let mut sim = Sim::new(Settings::new());
        sim.force(forced);
        let phase = sim.phase();
        sim.wait(ms(60_000));
        sim.calls(3, LOST);
        sim.step_back(ms(30_000));
        sim.call(LOST);
        assert_eq!((sim.phase(), sim.snapshot().calls), (phase, 0));
    }
}

#[test]
fn a_breaker_without_stamps_minds_no_clock() {
    let mut sim = Sim::new(Settings::new().window(Window::Count(20)));
    sim.wait(ms(60_000));
    sim.calls(3, LOST);
    sim.step_back(ms(30_000));
    sim.call(OK);
    sim.force(Forced::Open);
    sim.step_back(ms(30_000));
    assert!(sim.admit().is_err());
    assert_eq!(sim.causes(), [Cause::Forced]);
}
