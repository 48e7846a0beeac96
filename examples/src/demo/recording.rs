//! What happened to one client, as plain data: in, books, ledgers and clocks; out, something to count and to draw.

use std::ops::Range;
use std::time::Duration;

use super::load::Record;
use crate::service::books::Totals;

/// What a breaker lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerState {
    /// Everything.
    Closed,
    /// A probe.
    HalfOpen,
    /// Nothing.
    Open,
}

/// One client's half minute. All times count from the start of the load.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    /// How this client is called in the table and the picture.
    pub name: &'static str,
    /// What this client does about failures, in half a line for the picture.
    pub about: &'static str,
    /// Every call, in the order in which they ended.
    pub calls: Vec<Record>,
    /// When attempts were made, whether or not they reached the service.
    pub attempts: Vec<Duration>,
    /// When attempts reached the service.
    pub arrivals: Vec<Duration>,
    /// Requests that the service had accepted and not carried out when the last caller had its answer.
    pub left_in_queue: usize,
    /// The service's own sums, after it worked off the rest.
    pub totals: Totals,
    /// Charges whose caller was told that they failed, or were turned away, although the service carried them out.
    pub falsely_failed: usize,
    /// Each state of the breaker from the moment at which it was first seen. Empty without a breaker.
    pub breaker: Vec<(Duration, BreakerState)>,
}

/// How many of the moments lie in each bin of `width`, from zero to `length`; later ones are left out.
pub fn histogram(
    moments: impl Iterator<Item = Duration>,
    width: Duration,
    length: Duration,
) -> Vec<u32> {
    let mut bins = vec![0; index(length, width)];
    for moment in moments {
        if let Some(bin) = bins.get_mut(index(moment, width)) {
            *bin += 1;
        }
    }
    bins
}

fn index(moment: Duration, width: Duration) -> usize {
    usize::try_from(moment.as_nanos() / width.as_nanos()).expect("a demo has few bins")
}

impl Recording {
    /// When calls got the answer they deserve.
    pub fn good_answers(&self) -> impl Iterator<Item = Duration> + '_ {
        self.calls
            .iter()
            .filter(|call| call.is_good())
            .map(|call| call.made + call.took)
    }

    /// How long callers waited, shortest first, for calls made within `span`.
    #[must_use]
    pub fn waits(&self, span: &Range<Duration>) -> Vec<Duration> {
        let within = self.calls.iter().filter(|call| span.contains(&call.made));
        let mut waits: Vec<_> = within.map(|call| call.took).collect();
        waits.sort_unstable();
        waits
    }

    /// From `healthy` to the first of three seconds in a row of whose calls at least 99 % were good.
    ///
    /// Seconds are those in which calls were made. `None` when there were no such three before `end`.
    #[must_use]
    pub fn recovery(&self, healthy: Duration, end: Duration) -> Option<Duration> {
        let second = Duration::from_secs(1);
        let good = |begin: Duration| {
            let made = self
                .calls
                .iter()
                .filter(|call| (begin..begin + second).contains(&call.made));
            let (mut all, mut good) = (0_u32, 0_u32);
            for call in made {
                all += 1;
                good += u32::from(call.is_good());
            }
            all > 0 && good * 100 >= all * 99
        };
        let mut after = Duration::ZERO;
        while healthy + after + 3 * second <= end {
            if (0..3).all(|later| good(healthy + after + later * second)) {
                return Some(after);
            }
            after += second;
        }
        None
    }
}

/// The wait that `percent` of the callers did not exceed, by nearest rank. `waits` are sorted; zero when there are none.
#[must_use]
pub fn percentile(waits: &[Duration], percent: usize) -> Duration {
    let rank = (waits.len() * percent).div_ceil(100).max(1);
    waits.get(rank - 1).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::load::{self, Ended};
    use super::*;

    fn recording(ended_at: impl Fn(u64) -> Ended) -> Recording {
        let calls = (0..10_000).map(|number| {
            let made = Duration::from_millis(number * 10);
            let call = load::Call {
                cents: 100,
                ..load::nth(number)
            };
            Record {
                call,
                made,
                took: Duration::ZERO,
                ended: ended_at(made.as_secs()),
            }
        });
        Recording {
            calls: calls.collect(),
            ..Recording::default()
        }
    }

    #[test]
    fn recovery_begins_with_three_good_seconds_and_not_with_two() {
        let flapping = recording(|second| match second {
            0..20 | 22 => Ended::Failed,
            _ => Ended::Answered,
        });
        let recovered = flapping.recovery(Duration::from_secs(20), Duration::from_mins(1));

        assert_eq!(recovered, Some(Duration::from_secs(3)));
    }

    #[test]
    fn who_never_has_three_good_seconds_never_recovers() {
        let dead = recording(|_| Ended::Failed);

        assert_eq!(dead.recovery(Duration::ZERO, Duration::from_mins(1)), None);
    }

    #[test]
    fn the_ninety_ninth_percentile_of_a_hundred_waits_is_the_ninety_ninth() {
        let waits: Vec<_> = (1..=100).map(Duration::from_millis).collect();

        assert_eq!(percentile(&waits, 99), Duration::from_millis(99));
        assert_eq!(percentile(&waits, 50), Duration::from_millis(50));
        assert_eq!(percentile(&[], 50), Duration::ZERO);
    }

    #[test]
    fn a_moment_at_the_edge_belongs_to_the_later_bin() {
        let moments = [0, 499, 500, 999, 5_000]
            .map(Duration::from_millis)
            .into_iter();
        let bins = histogram(moments, Duration::from_millis(500), Duration::from_secs(1));

        assert_eq!(bins, [2, 2]);
    }
}
