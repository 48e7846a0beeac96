//! One bucket beside a list of all calls that were let through.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use super::super::bucket::take;
use super::*;
use crate::properties::{cases, refuted};
use crate::sync::AtomicU64;

/// When the next call may start: of every span that began with one of the earlier calls, no more than a burst and one
/// for each interval that has passed.
fn earliest(sent: &[u64], interval: u64, burst: u32) -> i128 {
    let spans = sent.iter().rev().zip(1_i128..);
    let earliest = spans.map(|(first, within)| {
        i128::from(*first) + (within + 1 - i128::from(burst)) * i128::from(interval)
    });
    earliest.max().unwrap_or(0)
}

fn agrees((interval, burst): (u64, u32), believed: (u64, u32), waits: &[i64]) -> TestCaseResult {
    let (word, mut sent, mut now) = (AtomicU64::new(0), Vec::new(), Stamp::FIRST.as_nanos());
    for wait in waits {
        now = now.saturating_add_signed(*wait);
        let earliest = earliest(&sent, interval, burst);
        match take(&word, 0, believed, Stamp::from_nanos(now)) {
            Ok(()) => {
                prop_assert!(earliest <= i128::from(now), "let through too early");
                sent.push(now);
            }
            Err(next) => {
                prop_assert_eq!(i128::from(next.as_nanos()), earliest, "the next one's time");
                prop_assert!(earliest > i128::from(now), "refused one that may start");
            }
        }
    }
    Ok(())
}

fn bucket() -> impl Strategy<Value = (u64, u32)> {
    let interval = prop_oneof![1_u64..10, 1_u64..3_000_000_000];
    (interval, prop_oneof![1_u32..5, 1_u32..200])
}

/// Time as callers bring it: mostly forward, some read their clock a little earlier.
fn times() -> impl Strategy<Value = Vec<i64>> {
    let wait = prop_oneof![
        3 => Just(0_i64),
        3 => 0_i64..20,
        3 => 0_i64..4_000_000_000,
        1 => -50_i64..0,
    ];
    vec(wait, 0..250)
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn a_bucket_lets_through_what_a_list_of_all_calls_lets_through(bucket in bucket(), waits in times()) {
        agrees(bucket, bucket, &waits)?;
    }

    #[test]
    fn a_rate_is_never_exceeded_and_almost_reached(count in 1_u32..2_000_000_000, per in 1_u64..=31_622_400_000_000_000) {
        let rate = Rate::new(count, Duration::from_nanos(per));
        prop_assume!(rate.check().is_ok());
        let interval = rate.interval().as_nanos();
        prop_assert!(interval * u128::from(count) >= u128::from(per));
        prop_assert!((interval - 1) * u128::from(count) < u128::from(per));
    }

    #[test]
    fn of_two_rates_the_slower_one_is_stricter(one in (1_u32.., 1_u64..1 << 54), other in (1_u32.., 1_u64..1 << 54)) {
        let settings = |(count, per)| Settings::new(Rate::new(count, Duration::from_nanos(per)));
        let stricter = Core::stricter(settings(one), settings(other)).rate;
        let is_stricter = |&(count, per): &(u32, u64)| stricter == Rate::new(count, Duration::from_nanos(per));
        prop_assert_eq!([one, other].iter().any(is_stricter), true);
        for (count, per) in [one, other] {
            let per = Duration::from_nanos(per);
            let (theirs, ours) = (u128::from(count) * stricter.per().as_nanos(), u128::from(stricter.count()) * per.as_nanos());
            prop_assert!(ours <= theirs);
        }
    }
}

#[test]
fn a_bucket_that_is_one_call_or_a_nanosecond_too_generous_is_refuted() {
    refuted(&(bucket(), times()), |((interval, burst), waits)| {
        agrees((interval, burst), (interval, burst + 1), &waits)
    });
    refuted(&(bucket(), times()), |((interval, burst), waits)| {
        agrees((interval + 1, burst), (interval, burst), &waits)
    });
}
