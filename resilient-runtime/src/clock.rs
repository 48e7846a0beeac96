//! One clock: tokio's, so that its paused clock drives every policy in a test.

use std::sync::OnceLock;
use std::time::Duration;

use tokio::time::Instant;

/// The instant all stamps count from: the first time anybody asked.
static ORIGIN: OnceLock<std::time::Instant> = OnceLock::new();

/// A point in time as nanoseconds since the process first asked; what the state machines store and compare.
///
/// Eight bytes and `Copy`, so that it fits an atomic. Starts at [`Stamp::FIRST`], never at zero:
/// a zeroed field always means "never".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Stamp(u64);

impl Stamp {
    /// "Never happened": before every real stamp.
    pub const NEVER: Self = Self(0);
    /// What the clock's origin reads as. One hour, so that tests can step back from "now" without underflow.
    pub const FIRST: Self = Self(3_600_000_000_000);

    /// Reads tokio's clock.
    #[must_use]
    pub fn now() -> Self {
        Self::of(Instant::now())
    }

    /// The stamp of an instant that was read already.
    #[must_use]
    pub fn of(instant: Instant) -> Self {
        let instant = instant.into_std();
        let origin = *ORIGIN.get_or_init(|| instant);
        match instant.checked_duration_since(origin) {
            Some(since) => Self::FIRST.plus(since),
            None => Self(Self::FIRST.0.saturating_sub(nanos(origin - instant))),
        }
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
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(nanos(duration)))
    }
}

/// A duration in nanoseconds; more than 584 years is 584 years.
fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
