//! Deadlines that others wrote, beside the plainest reading of the format, and those that we write.

use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use super::Deadline;
use super::wire::{from_grpc, from_millis, grpc};
use crate::properties::{cases, refuted, slipped};

const TIMEOUTS: &[&str] = &[
    "5S",
    "99999999n",
    "100m",
    "2H",
    "1M",
    "1000u",
    "262800H",
    "00000001S",
    "250",
    "946080000000",
];

/// The format of the gRPC protocol, read with nothing but the standard library's integers.
fn by_the_book(value: &str) -> Option<Duration> {
    let (digits, unit) = value.split_at_checked(value.len().checked_sub(1)?)?;
    let plain = (1..=8).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let many: u64 = digits.parse().ok().filter(|_| plain)?;
    let time = match unit {
        "H" => Duration::from_secs(many * 3_600),
        "M" => Duration::from_secs(many * 60),
        "S" => Duration::from_secs(many),
        "m" => Duration::from_millis(many),
        "u" => Duration::from_micros(many),
        "n" => Duration::from_nanos(many),
        _ => return None,
    };
    (time <= THIRTY_YEARS).then_some(time)
}

const THIRTY_YEARS: Duration = Duration::from_secs(30 * 365 * 86_400);

fn never_grows(left: Duration, written: &str) -> TestCaseResult {
    let read = by_the_book(written);
    prop_assert!(
        read.is_some_and(|read| read <= left),
        "{:?} was written as {}",
        left,
        written
    );
    prop_assert!(left.saturating_sub(read.unwrap_or_default()) <= left / 99_999);
    Ok(())
}

fn left() -> impl Strategy<Value = Duration> {
    (any::<u64>(), 5_u32..64)
        .prop_map(|(nanos, less)| Duration::from_nanos(nanos >> less).min(THIRTY_YEARS))
}

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn a_grpc_timeout_is_read_by_the_book(value in slipped(TIMEOUTS)) {
        prop_assert_eq!(from_grpc(&value).ok(), by_the_book(&value));
        prop_assert_eq!(Deadline::from_grpc_timeout(&value).is_ok(), by_the_book(&value).is_some());
    }

    #[test]
    fn a_grpc_timeout_comes_back_the_same_and_never_longer_than_the_rest(left in left()) {
        let written = grpc(left);
        prop_assert_eq!(from_grpc(&written).ok(), by_the_book(&written));
        never_grows(left, &written)?;
    }

    #[test]
    fn milliseconds_are_plain_digits_and_nothing_else(value in slipped(TIMEOUTS)) {
        let plain = (1..=20).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit());
        let read = value.parse().ok().filter(|_| plain).map(Duration::from_millis);
        prop_assert_eq!(from_millis(&value).ok(), read.filter(|read| *read <= THIRTY_YEARS));
    }

    #[test]
    fn milliseconds_come_back_the_same_and_never_longer_than_the_rest(left in left()) {
        let read = from_millis(&left.as_millis().to_string()).expect("what is written can be read");
        prop_assert!(read <= left && left.saturating_sub(read) < Duration::from_millis(1));
    }
}

#[test]
fn a_timeout_that_is_rounded_up_is_refuted() {
    refuted(&left(), |left| {
        never_grows(left, &grpc(left + left / 50_000))
    });
}
