//! The attributes refuse what the run time refuses, and nothing else: the UI cases hold the attributes to these
//! numbers, this test the settings.

use std::time::Duration;

use resilient_runtime::breaker::{Ratio, Settings as Breaker, Window};
use resilient_runtime::bulkhead::Settings as Bulkhead;
use resilient_runtime::hedge::Settings as Hedge;
use resilient_runtime::retry::Backoff;
use resilient_runtime::retry::budget::Settings as Budget;

const DAY: Duration = Duration::from_hours(24);
const NANO: Duration = Duration::from_nanos(1);

fn windows(window: Window) -> Breaker {
    Breaker::new().window(window).min_calls(1)
}

#[test]
fn a_breaker_takes_the_numbers_that_the_attribute_takes() {
    let least = Duration::from_millis(10);
    for fits in [
        windows(Window::Time(least)),
        windows(Window::Time(DAY)),
        windows(Window::Count(2)),
        windows(Window::Count(100_000)),
        Breaker::new().probes(1_000),
        Breaker::new().open(DAY).max_open(DAY).slow(DAY),
    ] {
        assert_eq!(fits.validate(), Ok(()), "{fits:?}");
    }
    for refused in [
        windows(Window::Time(Duration::from_nanos(9_999_999))),
        windows(Window::Time(DAY + NANO)),
        windows(Window::Count(100_001)),
        Breaker::new().probes(0),
        Breaker::new().probes(1_001),
        Breaker::new().max_open(DAY + NANO),
        Breaker::new().slow(DAY + NANO),
        Breaker::new().min_calls(0),
        Breaker::new().consecutive(0),
    ] {
        assert!(refused.validate().is_err(), "{refused:?}");
    }
}

#[test]
fn a_bulkhead_takes_the_numbers_that_the_attribute_takes() {
    let most = 2_147_483_647;
    let wait = Duration::from_millis(50);
    for fits in [
        Bulkhead::new(1),
        Bulkhead::new(most),
        Bulkhead::new(1).wait(wait).queue(most),
    ] {
        assert_eq!(fits.validate(), Ok(()), "{fits:?}");
    }
    for refused in [
        Bulkhead::new(0),
        Bulkhead::new(most + 1),
        Bulkhead::new(1).wait(wait).queue(0),
        Bulkhead::new(1).wait(wait).queue(most + 1),
        Bulkhead::new(1).queue(1),
    ] {
        assert!(refused.validate().is_err(), "{refused:?}");
    }
}

/// The rules of the attributes compare what is written with what holds when nothing is.
#[test]
fn the_defaults_are_the_ones_the_rules_of_the_attributes_count_with() {
    let defaults = Breaker::new();
    assert_eq!(defaults.window, Window::Time(Duration::from_secs(10)));
    assert_eq!(defaults.min_calls, 20);
    assert_eq!(defaults.open, Duration::from_secs(1));
    assert_eq!(defaults.max_open, None);
    let (base, max) = (Duration::from_millis(100), Duration::from_secs(2));
    assert_eq!(Backoff::exponential(base).max(max), Backoff::default());
}

#[test]
fn a_hedge_takes_the_numbers_that_the_attribute_takes() {
    let (least, percentile) = (Duration::from_millis(1), |percent| {
        Hedge::percentile(Ratio::percent(percent))
    });
    for fits in [
        Hedge::after(least),
        Hedge::after(DAY).max(4),
        percentile(50),
        percentile(99),
    ] {
        assert_eq!(fits.validate(), Ok(()), "{fits:?}");
    }
    for refused in [
        Hedge::after(Duration::from_nanos(999_999)),
        Hedge::after(DAY + NANO),
        Hedge::after(least).max(0),
        Hedge::after(least).max(5),
        percentile(49),
        percentile(100),
    ] {
        assert!(refused.validate().is_err(), "{refused:?}");
    }
    assert_eq!(Hedge::after(least).max, 1);
}

#[test]
fn a_budget_takes_the_numbers_that_the_attribute_takes() {
    assert_eq!(Budget::new().save(2).validate(), Ok(()));
    assert!(Budget::new().save(1).validate().is_err());
    assert_eq!(Budget::new().earn(Ratio::hundredths(1)).validate(), Ok(()));
    assert_eq!(Budget::new().earn(Ratio::percent(100)).validate(), Ok(()));
    assert!(Budget::new().earn(Ratio::percent(0)).validate().is_err());
    assert!(
        Budget::new()
            .earn(Ratio::hundredths(10_001))
            .validate()
            .is_err()
    );
}
