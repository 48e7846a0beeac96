//! One clock: tokio's, so that its paused clock drives every policy in a test.

mod origin;

use std::sync::OnceLock;
use std::time::Duration;

use tokio::time::Instant;

use origin::Origin;

/// The instant all stamps count from: the first time anybody asked.
static ORIGIN: OnceLock<Origin> = OnceLock::new();

/// A point in time as nanoseconds since the process first asked; what the state machines store and compare.
///
/// Eight bytes and `Copy`, so that it fits an atomic. Starts at [`Stamp::FIRST`], never at zero:
/// a zeroed field always means "never".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Stamp(u64);

impl Stamp {
    /// "Never happened": before every real stamp.
    pub const NEVER: Self = Self(0);
    /// After every real stamp: the end of what has no end.
    pub(crate) const FOREVER: Self = Self(u64::MAX);
    /// What the clock's origin reads as. One hour, so that tests can step back from "now" without underflow.
    pub const FIRST: Self = Self(3_600_000_000_000);

    /// Reads tokio's clock.
    #[inline]
    #[must_use]
    pub fn now() -> Self {
        Self::of(Instant::now())
    }

    /// The stamp of an instant that was read already.
    #[inline]
    #[must_use]
    pub fn of(instant: Instant) -> Self {
        let instant = instant.into_std();
        match ORIGIN.get() {
            Some(origin) => origin.stamp(instant),
            None => Self::first(instant),
        }
    }

    #[cold]
    fn first(instant: std::time::Instant) -> Self {
        ORIGIN.get_or_init(|| Origin::new(instant)).stamp(instant)
    }

    /// The instant this stamp stands for, to arm a timer with; as far in the future as the clock can tell at most.
    #[must_use]
    pub fn to_instant(self) -> Instant {
        let origin = ORIGIN
            .get_or_init(|| Origin::new(std::time::Instant::now()))
            .instant;
        let after = self.since(Self::FIRST);
        let instant = if self < Self::FIRST {
            origin.checked_sub(Self::FIRST.since(self))
        } else {
            origin.checked_add(after)
        };
        // Thirty years are what tokio's own far future is.
        Instant::from_std(
            instant.unwrap_or_else(|| origin + Duration::from_secs(86_400 * 365 * 30)),
        )
    }

    /// This many nanoseconds after the origin's zero; for atomics.
    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// The nanoseconds this stamp stands for; for atomics.
    #[must_use]
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// The time from `earlier` to here; zero when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    /// This stamp moved forward; stops at the end of time instead of wrapping.
    #[inline]
    #[must_use]
    pub const fn plus(self, duration: Duration) -> Self {
        self.plus_nanos(nanos(duration))
    }

    #[inline]
    pub(crate) const fn plus_nanos(self, nanos: u64) -> Self {
        Self(self.0.saturating_add(nanos))
    }
}

/// A duration in nanoseconds; more than 584 years is 584 years.
#[inline]
pub(crate) const fn nanos(duration: Duration) -> u64 {
    duration
        .as_secs()
        .saturating_mul(1_000_000_000)
        .saturating_add(duration.subsec_nanos() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_and_its_instant_are_the_same_point_in_time() {
        let now = Instant::now();
        for instant in [
            now,
            now + Duration::from_secs(5),
            now.checked_sub(Duration::from_secs(5)).unwrap_or(now),
        ] {
            assert_eq!(
                Stamp::of(Stamp::of(instant).to_instant()),
                Stamp::of(instant)
            );
        }
        assert!(Stamp::from_nanos(u64::MAX).to_instant() > now + Duration::from_secs(86_400));
    }

    #[test]
    fn arithmetic_stops_at_the_ends_of_time() {
        assert_eq!(
            Stamp::from_nanos(u64::MAX).plus(Duration::MAX),
            Stamp::from_nanos(u64::MAX)
        );
        assert_eq!(Stamp::NEVER.since(Stamp::FIRST), Duration::ZERO);
        assert_eq!(nanos(Duration::MAX), u64::MAX);
    }
}
