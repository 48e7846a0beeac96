//! Rates as text, and settings that are refused.

use super::*;
use crate::rate_limit::RateError;

#[test]
fn a_rate_is_read_and_shown_in_one_form() {
    for text in [
        "100/s", "6000/min", "1/2s", "20/h", "5/90s", "3/10ms", "1/d",
    ] {
        assert_eq!(text.parse::<Rate>().unwrap().to_string(), text);
    }
    let same = ["100/s", " 100 / sec ", "100/1s", "100/1000ms"];
    assert!(
        same.iter()
            .all(|text| text.parse() == Ok(Rate::per_second(100)))
    );
}

#[test]
fn a_text_that_is_no_rate_is_refused_with_the_reason() {
    for (text, error) in [
        ("", RateError::NotARate),
        ("100", RateError::NotARate),
        ("100/parsec", RateError::NotARate),
        ("1.5/s", RateError::NotARate),
        ("-1/s", RateError::NotARate),
        ("+1/s", RateError::NotARate),
        ("0/s", RateError::Zero),
        ("1/0s", RateError::Zero),
        ("2/ns", RateError::TooFast),
        ("9999999999/s", RateError::TooFast),
        ("1/367d", RateError::TooLong),
        ("1/99999999999999999999d", RateError::TooLong),
        ("1/18446744073709551615h", RateError::TooLong),
    ] {
        assert_eq!(text.parse::<Rate>(), Err(error), "{text:?}");
    }
}

#[test]
fn the_interval_is_rounded_so_that_the_rate_is_never_exceeded() {
    assert_eq!(
        Rate::per_second(3).interval(),
        Duration::from_nanos(333_333_334)
    );
    assert_eq!(
        Rate::per_second(1_000_000_000).interval(),
        Duration::from_nanos(1)
    );
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let hour = Settings::new(Rate::per_hour(1));
    assert!(hour.burst(1).wait(ms(1)).validate().is_ok());
    for refused in [
        Settings::new(Rate::per_second(0)),
        hour.burst(0),
        hour.wait(Duration::ZERO),
        hour.burst(u32::MAX),
    ] {
        assert!(refused.validate().is_err(), "{refused:?}");
    }
}

#[test]
fn of_two_settings_each_field_is_the_stricter() {
    let strict = Settings::stricter(
        Settings::new(Rate::per_minute(600)).burst(5).wait(ms(50)),
        Settings::new(Rate::per_second(9)),
    );
    assert_eq!(strict, Settings::new(Rate::per_second(9)).burst(5));
    let both = Settings::stricter(
        Settings::new(Rate::per_second(1)).wait(ms(50)),
        Settings::new(Rate::new(3, Duration::from_secs(2))).wait(ms(20)),
    );
    assert_eq!(both, Settings::new(Rate::per_second(1)).wait(ms(20)));
}
