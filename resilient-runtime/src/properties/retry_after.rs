//! `Retry-After` and `Date`, as others write them.

use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use super::{cases, refuted, slipped};
use crate::failure::retry_after;

const VALUES: &[&str] = &[
    "0",
    "7",
    "120",
    "999999999",
    " 5\t",
    "Wed, 21 Oct 2026 07:28:30 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994",
    "Fri, 31 Dec 9999 23:59:59 GMT",
];

fn trimmed(value: &str) -> &str {
    value.trim_matches(|c| c == ' ' || c == '\t')
}

fn by_the_book(value: &str, date: Option<&str>) -> Option<Duration> {
    let value = trimmed(value);
    if (1..=9).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().ok()?));
    }
    let [until, now] = [value, date?].map(|date| httpdate::parse_http_date(date).ok());
    Some(until?.duration_since(now?).unwrap_or_default())
}

fn is_by_the_book(value: &str, date: Option<&str>, read: Option<Duration>) -> TestCaseResult {
    prop_assert_eq!(read, by_the_book(value, date), "{:?} at {:?}", value, date);
    Ok(())
}

fn read(value: &str, date: Option<&str>) -> Option<Duration> {
    retry_after(value.as_bytes(), date.map(str::as_bytes))
}

fn instant() -> impl Strategy<Value = SystemTime> {
    // From 1970 to 9999.
    (0_u64..253_402_300_799).prop_map(|secs| SystemTime::UNIX_EPOCH + Duration::from_secs(secs))
}

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn a_retry_after_is_read_by_the_book(value in slipped(VALUES), date in proptest::option::of(slipped(VALUES))) {
        is_by_the_book(&value, date.as_deref(), read(&value, date.as_deref()))?;
    }

    #[test]
    fn a_date_is_the_time_from_the_answers_own_date_to_it(until in instant(), now in instant()) {
        let [value, date] = [until, now].map(httpdate::fmt_http_date);
        let wait = until.duration_since(now).unwrap_or_default();
        prop_assert_eq!(read(&value, Some(&date)), Some(wait));
        prop_assert_eq!(read(&value, None), None);
    }

    #[test]
    fn seconds_are_seconds_up_to_nine_digits(seconds in any::<u64>(), more in 0_u32..40) {
        let seconds = seconds >> more;
        let wait = (seconds < 1_000_000_000).then(|| Duration::from_secs(seconds));
        prop_assert_eq!(read(&seconds.to_string(), None), wait);
    }

    #[test]
    fn no_bytes_whatever_make_it_panic(value in any::<Vec<u8>>(), date in any::<Option<Vec<u8>>>()) {
        let wait = retry_after(&value, date.as_deref());
        prop_assert!(wait.is_none() || value.is_ascii());
    }
}

#[test]
fn a_value_that_is_read_as_a_number_of_any_kind_is_refuted() {
    refuted(&slipped(VALUES), |value| {
        let lenient = trimmed(&value).parse::<f64>().ok();
        let lenient = lenient.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        is_by_the_book(&value, None, lenient)
    });
}
