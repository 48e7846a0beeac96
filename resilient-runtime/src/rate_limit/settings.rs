//! The numbers of a rate limit, and what it shows of itself.
//!
//! Goes in: what the attribute or a configuration says. Comes out: checked settings. Refuses: a rate or a burst
//! of nothing, and a bucket that takes a lifetime to fill.

use std::time::Duration;

use super::rate::{LONGEST, Rate};
use crate::clock::nanos;

/// The longest a bucket may take to fill: what fits the word that counts it, with centuries to spare.
const FULL_IN: u64 = 100 * nanos(LONGEST);

/// How many calls in which time, how many of them at once, and how long a call may wait for its turn.
///
/// ```
/// use resilient_runtime::rate_limit::{Rate, Settings};
/// use std::time::Duration;
///
/// const PAYMENTS: Settings =
///     Settings::new(Rate::per_second(100)).burst(20).wait(Duration::from_millis(50));
/// assert!(PAYMENTS.validate().is_ok());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// Calls in a span of time. No default: it is what the partner allows.
    pub rate: Rate,
    /// Calls that may start at once after a quiet time, at least 1. None, the default: as many as the rate's
    /// count (governor, Guava and Bucket4j begin the same way). 1 spaces calls evenly.
    pub burst: Option<u32>,
    /// The longest time a call waits for its turn. None, the default: it is refused at once.
    pub wait: Option<Duration>,
}

impl Settings {
    /// So many calls in that span, as many of them at once; one more is refused at once.
    #[must_use]
    pub const fn new(rate: Rate) -> Self {
        Self {
            rate,
            burst: None,
            wait: None,
        }
    }

    /// So many calls may start at once after a quiet time.
    #[must_use]
    pub const fn burst(mut self, burst: u32) -> Self {
        self.burst = Some(burst);
        self
    }

    /// A call whose turn comes within this time waits for it, in the order of arrival.
    #[must_use]
    pub const fn wait(mut self, wait: Duration) -> Self {
        self.wait = Some(wait);
        self
    }

    /// Whether these numbers make sense together; the same rules as the attribute's.
    ///
    /// # Errors
    ///
    /// The sentence says which number is wrong and what to write instead.
    pub fn validate(&self) -> Result<(), String> {
        self.rate.check().map_err(|error| error.to_string())?;
        if self.burst == Some(0) {
            return Err(
                "a burst of 0 lets no call through: write 1, or leave `burst` out".to_owned(),
            );
        }
        if self.wait == Some(Duration::ZERO) {
            return Err("waiting 0 s is not waiting: leave `wait` out".to_owned());
        }
        if u128::from(nanos(self.rate.interval())) * u128::from(self.tokens()) > FULL_IN.into() {
            return Err("a burst takes centuries to come back: make it smaller".to_owned());
        }
        Ok(())
    }

    /// Field by field the stricter: fewer calls, fewer at once, shorter waits.
    pub(super) fn stricter(one: Self, other: Self) -> Self {
        // An unset burst follows the rate, so it is compared as what it stands for.
        let burst = match (one.burst, other.burst) {
            (None, None) => None,
            _ => Some(one.tokens().min(other.tokens())),
        };
        let wait = match (one.wait, other.wait) {
            (Some(one), Some(other)) => Some(one.min(other)),
            _ => None,
        };
        Self {
            rate: one.rate.slower(other.rate),
            burst,
            wait,
        }
    }

    /// How many tokens the bucket holds.
    pub(super) fn tokens(&self) -> u32 {
        self.burst.unwrap_or(self.rate.count()).max(1)
    }

    /// Nanoseconds from one token to the next, and how many the bucket holds, such that their product fits
    /// its word, also where nobody has validated anything.
    pub(super) fn bucket(&self) -> (u64, u32) {
        let interval = nanos(self.rate.interval()).clamp(1, nanos(LONGEST));
        let most = u32::try_from(FULL_IN / interval).unwrap_or(u32::MAX);
        (interval, self.tokens().min(most))
    }

    /// The wait in nanoseconds, zero for none.
    pub(super) fn patience(&self) -> u64 {
        self.wait.map_or(0, nanos)
    }
}

/// What a rate limit shows of itself.
///
/// Read without stopping anybody: under traffic each number is right, but not all are of one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snapshot {
    /// Calls in a span of time, as of now.
    pub rate: Rate,
    /// Calls that may start at once, as of now.
    pub burst: u32,
    /// Calls that could start at this moment.
    pub available: u32,
    /// Calls that wait.
    pub queued: u32,
    /// Calls refused since the start or the last reset: no token, and none within `wait` or the call's own time.
    pub rejected: u64,
    /// Calls that queued since then, whatever became of them.
    pub waited: u64,
}
