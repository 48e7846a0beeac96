//! Defaults, checks and the stricter of two settings.

use super::*;

const DAY: Duration = Duration::from_secs(86_400);
const NANOSECOND: Duration = Duration::from_nanos(1);

#[test]
fn the_defaults_are_the_documented_ones() {
    let settings = Settings::default();
    assert_eq!(settings, Settings::new());
    assert_eq!(settings.failure_rate, Some(Ratio::percent(50)));
    assert_eq!(settings.min_calls, 20);
    assert_eq!(settings.window, Window::Time(Duration::from_secs(10)));
    assert_eq!(settings.consecutive, Some(5));
    assert_eq!(
        (settings.slow, settings.slow_rate),
        (None, Ratio::percent(80))
    );
    assert_eq!(settings.open, Duration::from_secs(1));
    assert_eq!(settings.max_open, None);
    assert_eq!(settings.probes, 1);
    assert_eq!(settings.validate(), Ok(()));
}

#[test]
fn every_setter_sets_its_own_field() {
    let settings = Settings::new()
        .failure_rate(Ratio::percent(1))
        .min_calls(2)
        .window(Window::Count(3))
        .consecutive(4)
        .slow(ms(5))
        .slow_rate(Ratio::percent(6))
        .open(ms(7))
        .no_jitter()
        .max_open(ms(8))
        .probes(9);
    let expected = Settings {
        failure_rate: Some(Ratio::percent(1)),
        min_calls: 2,
        window: Window::Count(3),
        consecutive: Some(4),
        slow: Some(ms(5)),
        slow_rate: Ratio::percent(6),
        open: ms(7),
        jittered: false,
        max_open: Some(ms(8)),
        probes: 9,
    };
    assert_eq!(settings, expected);
    assert_eq!(settings.no_failure_rate().failure_rate, None);
    assert_eq!(settings.no_consecutive().consecutive, None);
}

#[test]
fn numbers_at_the_edge_of_their_range_are_accepted() {
    let base = Settings::new();
    let edges = [
        base.failure_rate(Ratio::hundredths(1)),
        base.failure_rate(Ratio::ALL).slow_rate(Ratio::ALL),
        base.slow_rate(Ratio::hundredths(1)),
        base.min_calls(1),
        base.window(Window::Time(ms(10))),
        base.window(Window::Time(DAY)),
        base.window(Window::Count(20)),
        base.window(Window::Count(100_000)),
        base.consecutive(1),
        base.no_consecutive(),
        base.no_failure_rate(),
        base.no_failure_rate().no_consecutive().slow(NANOSECOND),
        base.slow(DAY),
        base.open(NANOSECOND),
        base.open(ms(30_000)),
        base.open(DAY).max_open(DAY),
        base.probes(1_000),
    ];
    for settings in edges {
        assert_eq!(settings.validate(), Ok(()), "{settings:?}");
    }
}

#[test]
fn numbers_past_the_edge_are_refused_by_name() {
    let base = Settings::new();
    let cases = [
        (base.failure_rate(Ratio::percent(0)), "failure_rate is 0%"),
        (
            base.failure_rate(Ratio::hundredths(10_001)),
            "failure_rate is 100.01%",
        ),
        (base.slow_rate(Ratio::percent(0)), "slow_rate is 0%"),
        (base.slow_rate(Ratio::percent(101)), "slow_rate is 101%"),
        (base.min_calls(0), "min_calls is 0"),
        (
            base.window(Window::Time(ms(10).saturating_sub(NANOSECOND))),
            "window is 9.999999ms",
        ),
        (base.window(Window::Time(Duration::ZERO)), "window is 0ns"),
        (
            base.window(Window::Time(DAY + NANOSECOND)),
            "window is 86400.000000001s",
        ),
        (
            base.window(Window::Count(19)),
            "window is 19 calls: it can never hold min_calls = 20",
        ),
        (base.window(Window::Count(0)), "window is 0 calls"),
        (
            base.window(Window::Count(100_001)),
            "window is 100001 calls: at most 100000",
        ),
        (base.consecutive(0), "consecutive is 0"),
        (
            base.no_failure_rate().no_consecutive(),
            "failure_rate, consecutive and slow are all off",
        ),
        (base.slow(Duration::ZERO), "slow is zero"),
        (base.slow(DAY + NANOSECOND), "slow is 86400.000000001s"),
        (base.open(Duration::ZERO), "open is zero"),
        (base.max_open(Duration::ZERO), "max_open is zero"),
        (
            base.open(ms(30_001)).max_open(ms(30_000)),
            "open is 30.001s, longer than max_open = 30s",
        ),
        (
            base.max_open(DAY + NANOSECOND),
            "max_open is 86400.000000001s",
        ),
        (base.open(DAY + NANOSECOND), "open is 86400.000000001s"),
        (base.probes(0), "probes is 0"),
        (base.probes(1_001), "probes is 1001"),
    ];
    for (settings, text) in cases {
        let refused = settings.validate().expect_err(text);
        assert!(refused.starts_with(text), "{refused}");
        assert_eq!(<Core as State>::validate(&settings), Err(refused));
    }
}

#[test]
fn the_stricter_of_two_settings_is_found_field_by_field() {
    let lenient = Settings::new()
        .no_failure_rate()
        .no_consecutive()
        .min_calls(30)
        .window(Window::Time(ms(5_000)))
        .slow_rate(Ratio::percent(90))
        .open(ms(500))
        .max_open(ms(10_000))
        .probes(1);
    let strict = Settings::new()
        .failure_rate(Ratio::percent(20))
        .consecutive(3)
        .min_calls(10)
        .window(Window::Time(ms(20_000)))
        .slow(ms(100))
        .slow_rate(Ratio::percent(40))
        .open(ms(2_000))
        .max_open(ms(60_000))
        .probes(4);
    assert_eq!(Core::stricter(lenient, strict), strict);
    assert_eq!(Core::stricter(strict, lenient), strict);
    assert_eq!(Core::stricter(strict, strict), strict);
    assert_eq!(strict.validate(), Ok(()));
}

#[test]
fn where_both_are_set_the_smaller_share_the_shorter_row_and_the_faster_slow_hold() {
    let one = Settings::new()
        .failure_rate(Ratio::percent(20))
        .consecutive(7)
        .slow(ms(10));
    let other = Settings::new()
        .failure_rate(Ratio::percent(30))
        .consecutive(3)
        .slow(ms(20));
    let both = Core::stricter(one, other);
    assert_eq!(both, Core::stricter(other, one));
    assert_eq!(both.failure_rate, Some(Ratio::percent(20)));
    assert_eq!((both.consecutive, both.slow), (Some(3), Some(ms(10))));
}

#[test]
fn a_count_is_stricter_than_a_time_and_the_larger_count_than_the_smaller() {
    let window = |one, other| {
        let (one, other) = (Settings::new().window(one), Settings::new().window(other));
        assert_eq!(Core::stricter(one, other), Core::stricter(other, one));
        Core::stricter(one, other).window
    };
    let (time, few, many) = (Window::Time(DAY), Window::Count(20), Window::Count(30));
    assert_eq!(window(time, few), few);
    assert_eq!(window(few, many), many);
}

#[test]
fn a_ratio_is_shown_in_percent_without_needless_zeros() {
    let shown = |hundredths| Ratio::hundredths(hundredths).to_string();
    assert_eq!(
        [0, 1, 10, 50, 100, 1_205, 1_250, 9_999, 10_000].map(shown),
        [
            "0%", "0.01%", "0.1%", "0.5%", "1%", "12.05%", "12.5%", "99.99%", "100%"
        ]
    );
    assert_eq!(Ratio::percent(255).as_hundredths(), 25_500);
    assert_eq!(Ratio::percent(100), Ratio::ALL);
}

#[test]
fn a_snapshot_s_rate_is_rounded_down_and_absent_without_calls() {
    let mut sim = Sim::new(rate_only());
    assert_eq!(
        (sim.snapshot().failure_rate, sim.snapshot().slow_rate),
        (None, None)
    );
    sim.calls(2, OK);
    sim.call(LOST);
    assert_eq!(sim.snapshot().failure_rate, Some(Ratio::hundredths(3_333)));
    assert_eq!(sim.snapshot().slow_rate, Some(Ratio::hundredths(0)));
}

#[test]
fn a_breaker_is_small() {
    assert!(size_of::<Core>() <= 264, "{}", size_of::<Core>());
    assert!(size_of::<Admission>() <= 16);
    assert!(size_of::<crate::breaker::Ticket>() <= 32);
}

#[test]
fn a_breaker_is_idle_when_nobody_would_miss_it() {
    let idle = |sim: &Sim| sim.core.is_idle(sim.now);
    let mut sim = Sim::new(Settings::new());
    assert!(idle(&sim));
    sim.call(OK);
    assert!(!idle(&sim));
    sim.wait(ms(9_000));
    assert!(!idle(&sim));
    sim.wait(ms(1_000));
    assert!(idle(&sim), "the window is empty");
    sim.call(LOST);
    sim.wait(ms(20_000));
    assert!(!idle(&sim), "an unknown outcome grows no old");
    sim.call(OK);
    sim.call(Outcome::Dropped);
    sim.wait(ms(9_000));
    assert!(!idle(&sim));
    sim.wait(ms(1_000));
    assert!(idle(&sim));
    sim.open();
    sim.wait(ms(60_000));
    assert!(!idle(&sim), "not closed");
    sim.force(Forced::Closed);
    assert!(!idle(&sim), "somebody forced it");
    sim.force(Forced::Automatic);
    assert!(idle(&sim));
}

#[test]
fn a_count_window_is_idle_with_nothing_but_successes_in_it() {
    let mut sim = Sim::new(rate_only().window(Window::Count(20)).slow(ms(5)));
    sim.calls(30, OK);
    assert!(sim.core.is_idle(sim.now));
    sim.call(Outcome::Dropped);
    assert!(!sim.core.is_idle(sim.now));
    sim.call(OK);
    sim.long_call(ms(5), OK);
    assert!(!sim.core.is_idle(sim.now));
    sim.calls(20, OK);
    assert!(sim.core.is_idle(sim.now));
    sim.call(LOST);
    assert!(!sim.core.is_idle(sim.now));
}

#[test]
fn a_phase_is_shown_in_words() {
    let shown = |phase: Phase| phase.to_string();
    let phases = [
        Phase::Closed,
        Phase::Open,
        Phase::HalfOpen,
        Phase::ForcedOpen,
    ];
    assert_eq!(
        phases.map(shown),
        ["closed", "open", "half-open", "forced open"]
    );
    let phases = [Phase::ForcedClosed, Phase::Disabled, Phase::MetricsOnly];
    assert_eq!(
        phases.map(shown),
        ["forced closed", "disabled", "metrics only"]
    );
}

#[test]
fn numbers_that_no_check_has_seen_do_no_harm() {
    let zero = rate_only()
        .failure_rate(Ratio::percent(0))
        .slow_rate(Ratio::percent(0))
        .slow(ms(1))
        .min_calls(0)
        .probes(0)
        .open(Duration::ZERO);
    let mut sim = Sim::new(zero);
    sim.calls(50, OK);
    assert_eq!(
        sim.reported,
        [],
        "a rate of zero is not met by no bad call at all"
    );
    sim.call(LOST);
    assert_eq!(
        (sim.phase(), sim.snapshot().open_left),
        (Phase::Open, Some(Duration::ZERO))
    );
    sim.call(OK);
    assert_eq!(sim.phase(), Phase::Closed);
    let mut row = Sim::new(Settings::new().consecutive(0));
    row.call(OK);
    assert_eq!(row.phase(), Phase::Closed);
    row.call(LOST);
    assert_eq!(row.phase(), Phase::Open);
}
