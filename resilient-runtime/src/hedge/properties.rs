//! Percentiles beside a sorted list of the last thousand.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use super::latencies::{Latencies, WINDOW};
use crate::breaker::Ratio;
use crate::properties::{cases, refuted};

/// The shortest of the latencies within which at least this share of them lies.
fn exact(seen: &[u64], share: Ratio) -> u64 {
    let mut sorted = seen[seen.len().saturating_sub(WINDOW)..].to_vec();
    sorted.sort_unstable();
    let wanted = sorted.len() * usize::from(share.as_hundredths());
    sorted[wanted.div_ceil(10_000).max(1) - 1]
}

/// What goes in and what is asked for, beside the list and the share it should be.
fn is_a_sixteenth_above_at_most(
    (fed, asked): (&[u64], Ratio),
    (seen, share): (&[u64], Ratio),
) -> TestCaseResult {
    let mut latencies = Latencies::new();
    for nanos in fed {
        latencies.add(*nanos, false);
    }
    let Some(found) = latencies.percentile(asked) else {
        prop_assert!(seen.len() < Latencies::needed(asked));
        return Ok(());
    };
    prop_assert!(seen.len() >= Latencies::needed(asked));
    let exact = exact(seen, share);
    let most = Duration::from_nanos(exact + exact / 16 + 64);
    prop_assert!(
        Duration::from_nanos(exact) <= found && found <= most,
        "{:?} for {} ns",
        found,
        exact
    );
    Ok(())
}

/// Up to an hour, which is beyond what the buckets tell apart.
fn latencies() -> impl Strategy<Value = Vec<u64>> {
    let nanos = prop_oneof![
        1_u64..1_000,
        1_000_000_u64..200_000_000,
        (6_u32..41).prop_flat_map(|power| (1_u64 << power)..(2 << power)),
    ];
    vec(nanos, 0..1_400)
}

fn share() -> impl Strategy<Value = Ratio> {
    (5_000_u16..=9_900).prop_map(Ratio::hundredths)
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn a_percentile_is_that_of_the_sorted_list_or_a_sixteenth_above(seen in latencies(), share in share()) {
        is_a_sixteenth_above_at_most((&seen, share), (&seen, share))?;
    }
}

#[test]
fn another_percentile_and_a_list_in_another_order_are_refuted() {
    refuted(&(latencies(), share()), |(seen, share)| {
        let less = Ratio::hundredths(share.as_hundredths() - 100);
        is_a_sixteenth_above_at_most((&seen, less), (&seen, share))
    });
    refuted(&(latencies(), share()), |(seen, share)| {
        // As if the newest were forgotten, and not the oldest.
        let newest_first: Vec<u64> = seen.iter().rev().copied().collect();
        is_a_sixteenth_above_at_most((&newest_first, share), (&seen, share))
    });
}
