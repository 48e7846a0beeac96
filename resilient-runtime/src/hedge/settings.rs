//! The numbers of a hedge, and what it shows of itself.
//!
//! Goes in: what the attribute or a configuration says. Comes out: checked settings. Refuses: to ask again at once, and
//! so often that asking again becomes the load.

use std::time::Duration;

use crate::breaker::Ratio;

/// The shortest wait, and the floor under a percentile: tokio's timer is no finer. (Finagle's
/// `minSendBackupAfterMs` is 1 ms by default too.)
pub(super) const SHORTEST: Duration = Duration::from_millis(1);
const LONGEST: Duration = Duration::from_secs(86_400);
/// gRPC makes at most 5 attempts at a time, the first one among them (proposal A6).
pub(super) const MOST: u32 = 4;
pub(super) const LOWEST: Ratio = Ratio::percent(50);
pub(super) const HIGHEST: Ratio = Ratio::percent(99);

/// How long a call may take before the service is asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum After {
    /// This long, 1 ms to 1 day.
    Fixed(Duration),
    /// As long as this share of the last 1,000 first attempts took at most, 50 % to 99 %; not before there are
    /// five beyond it (100 calls for 95 %), and never less than 1 ms.
    Percentile(Ratio),
}

/// When the service is asked again, and how often.
///
/// ```
/// use resilient_runtime::hedge::Settings;
/// use resilient_runtime::breaker::Ratio;
/// use std::time::Duration;
///
/// const SEARCH: Settings = Settings::after(Duration::from_millis(80));
/// const ADAPTED: Settings = Settings::percentile(Ratio::percent(95)).max(2);
/// assert!(SEARCH.validate().is_ok() && ADAPTED.validate().is_ok());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// When.
    pub after: After,
    /// Hedges of one attempt, 1 to 4; each waits `after` anew. Default 1 (Polly's, failsafe-go's and Finagle's too).
    /// An override may say 0: none is sent.
    pub max: u32,
}

impl Settings {
    /// After a set time.
    #[must_use]
    pub const fn after(after: Duration) -> Self {
        Self {
            after: After::Fixed(after),
            max: 1,
        }
    }

    /// After the time that this share of calls needs at most.
    #[must_use]
    pub const fn percentile(share: Ratio) -> Self {
        Self {
            after: After::Percentile(share),
            max: 1,
        }
    }

    /// At most so many hedges of one attempt.
    #[must_use]
    pub const fn max(mut self, max: u32) -> Self {
        self.max = max;
        self
    }

    /// Whether these numbers make sense; the same rules as the attribute's.
    ///
    /// # Errors
    ///
    /// The sentence says which number is wrong and what to write instead.
    pub fn validate(&self) -> Result<(), String> {
        match self.after {
            After::Fixed(after) if after < SHORTEST => {
                return Err("a hedge waits at least 1 ms: timers are no finer".into());
            }
            After::Fixed(after) if after > LONGEST => {
                return Err("a hedge waits at most 1 day".into());
            }
            After::Percentile(share) if share < LOWEST || share > HIGHEST => {
                return Err(format!(
                    "a hedge waits for a percentile of 50% to 99%, not {share}"
                ));
            }
            _ => {}
        }
        if self.max == 0 || self.max > MOST {
            return Err(format!(
                "a hedge is sent 1 to {MOST} times, not {}",
                self.max
            ));
        }
        Ok(())
    }

    /// What asks the service again later and less often.
    pub(super) fn stricter(one: Self, other: Self) -> Self {
        let after = match (one.after, other.after) {
            (After::Fixed(one), After::Fixed(other)) => After::Fixed(one.max(other)),
            (After::Percentile(one), After::Percentile(other)) => After::Percentile(one.max(other)),
            // A percentile bounds the load by itself.
            (percentile @ After::Percentile(_), _) | (_, percentile) => percentile,
        };
        Self {
            after,
            max: one.max.min(other.max),
        }
    }
}

/// What a hedge shows of itself.
///
/// Read without stopping anybody: under traffic each number is right, but not all are of one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snapshot {
    /// How long a call may take now before the service is asked again; none while too few calls were seen.
    pub after: Option<Duration>,
    /// Of a percentile: how many of the last 1,000 first attempts it rests on.
    pub samples: u32,
    /// Hedges that were sent, since the start or the last reset.
    pub sent: u64,
    /// Hedges that answered first, since then.
    pub won: u64,
    /// Hedges that were due and not sent, since then: no budget, no permit, no closed breaker, no time.
    pub refused: u64,
}
