//! The numbers of a bulkhead, and what it shows of itself.
//!
//! Goes in: what the attribute or a configuration says. Comes out: checked settings. Refuses: a limit that
//! lets nobody in, a queue in which nobody may wait.

use std::time::Duration;

/// The largest limit and the longest queue: as many as fit the half word that counts them.
pub(super) const MOST: u32 = u32::MAX >> 1;

/// How many calls at a time, how many may wait for one to end, and how long.
///
/// ```
/// use resilient_runtime::bulkhead::Settings;
/// use std::time::Duration;
///
/// const PAYMENTS: Settings = Settings::new(10).wait(Duration::from_millis(50)).queue(20);
/// assert!(PAYMENTS.validate().is_ok());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// Calls at a time, 1 to 2,147,483,647. No default: it is a fact about the service. (By Little's law a
    /// service asked `r` times a second that answers in `t` seconds needs `r * t`; the rest is reserve.)
    ///
    /// Of an adaptive one the limit it begins with.
    pub limit: u32,
    /// The longest time a call waits for a permit. None, the default: it is refused at once.
    ///
    /// Short is right: whoever waits here has not been sent yet, while its own caller's time runs.
    pub wait: Option<Duration>,
    /// Calls that may wait at a time. None, the default: as many as `limit` (`MicroProfile` Fault Tolerance
    /// gives both the same default too), so that nobody waits longer than about one call takes.
    pub queue: Option<u32>,
    /// Bounds within which the limit follows the service. None, the default: it stays what it is.
    pub adaptive: Option<Adaptive>,
}

/// The bounds of a limit that follows the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Adaptive {
    /// The least it falls to, at least 1: what must go on for the service's recovery to be noticed.
    pub min: u32,
    /// The most it grows to.
    pub max: u32,
}

impl Adaptive {
    pub(super) fn clamp(self, limit: u32) -> u32 {
        limit.min(self.max).max(self.min)
    }
}

/// Where an adaptive limit begins: failsafe-go, and Netflix's concurrency-limits (`Gradient2`).
const BEGIN: u32 = 20;

impl Settings {
    /// So many calls at a time; one more is refused at once.
    #[must_use]
    pub const fn new(limit: u32) -> Self {
        Self {
            limit,
            wait: None,
            queue: None,
            adaptive: None,
        }
    }

    /// A limit that follows the service between these bounds: it begins at 20 (or at the nearer bound), halves when
    /// outcomes are unknown or the service says that it is overloaded, and grows while it is used and calls are answered.
    #[must_use]
    pub const fn adaptive(min: u32, max: u32) -> Self {
        let begin = if BEGIN < max { BEGIN } else { max };
        Self {
            limit: if begin > min { begin } else { min },
            wait: None,
            queue: None,
            adaptive: Some(Adaptive { min, max }),
        }
    }

    /// A call that finds no permit waits this long for one, in the order of arrival.
    #[must_use]
    pub const fn wait(mut self, wait: Duration) -> Self {
        self.wait = Some(wait);
        self
    }

    /// So many calls may wait at a time; one more is refused at once. Needs [`wait`](Self::wait).
    #[must_use]
    pub const fn queue(mut self, queue: u32) -> Self {
        self.queue = Some(queue);
        self
    }

    /// Whether these numbers make sense together; the same rules as the attribute's.
    ///
    /// # Errors
    ///
    /// The sentence says which number is wrong and what to write instead.
    pub fn validate(&self) -> Result<(), String> {
        if self.limit == 0 {
            return Err("a bulkhead of 0 lets no call in: give it at least 1".into());
        }
        if self.limit > MOST {
            return Err(format!(
                "a bulkhead's limit is at most {MOST}, not {}",
                self.limit
            ));
        }
        if let Some(Adaptive { min, max }) = self.adaptive {
            if min == 0 {
                return Err("an adaptive bulkhead of at least 0 would never notice that the service is back: \
                            give it at least 1"
                    .into());
            }
            if max > MOST {
                return Err(format!("a bulkhead's limit is at most {MOST}, not {max}"));
            }
            if min >= max {
                return Err(format!(
                    "between {min} and {max} no limit can follow the service: give it a `max` above `min`"
                ));
            }
            if self.limit < min || self.limit > max {
                return Err(format!(
                    "a limit of {} is not between {min} and {max}",
                    self.limit
                ));
            }
        }
        if self.wait == Some(Duration::ZERO) {
            return Err("waiting 0 s is not waiting: leave `wait` out".into());
        }
        match (self.queue, self.wait) {
            (Some(0), _) => Err("a queue of 0 is none: leave `queue` and `wait` out".into()),
            (Some(_), None) => Err("nobody waits in this queue: say how long with `wait`".into()),
            (Some(queue), _) if queue > MOST => {
                Err(format!("a queue holds at most {MOST} calls, not {queue}"))
            }
            _ => Ok(()),
        }
    }

    /// Field by field the stricter: fewer calls, fewer and shorter waits.
    pub(super) fn stricter(one: Self, other: Self) -> Self {
        // An unset queue follows the limit, so it is compared as what it stands for.
        let queue = match (one.queue, other.queue) {
            (None, None) => None,
            _ => Some(
                one.queue
                    .unwrap_or(one.limit)
                    .min(other.queue.unwrap_or(other.limit)),
            ),
        };
        let wait = match (one.wait, other.wait) {
            (Some(one), Some(other)) => Some(one.min(other)),
            _ => None,
        };
        // Beside a fixed limit an adaptive one may not grow beyond it.
        let adaptive = match (one.adaptive, other.adaptive) {
            (None, None) => None,
            (one_of, other_of) => {
                let fixed = |limit| Adaptive {
                    min: limit,
                    max: limit,
                };
                let (one, other) = (
                    one_of.unwrap_or(fixed(one.limit)),
                    other_of.unwrap_or(fixed(other.limit)),
                );
                let max = one.max.min(other.max);
                let min = one.min.min(other.min).min(max);
                (min < max).then_some(Adaptive { min, max })
            }
        };
        let limit = one.limit.min(other.limit);
        Self {
            limit: adaptive.map_or(limit, |bounds| bounds.clamp(limit)),
            wait,
            queue,
            adaptive,
        }
    }

    /// How many may wait: none when nobody says for how long.
    pub(super) fn places(&self) -> u32 {
        match self.wait {
            None | Some(Duration::ZERO) => 0,
            Some(_) => self.queue.unwrap_or(self.limit).min(MOST),
        }
    }
}

/// What a bulkhead shows of itself.
///
/// Read without stopping anybody: under traffic each number is right, but not all are of one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snapshot {
    /// Calls at a time, as of now.
    pub limit: u32,
    /// Permits that are out. More than `limit` for a while after the limit was lowered.
    pub in_flight: u32,
    /// Calls that wait.
    pub queued: u32,
    /// Calls refused since the start or the last reset: no permit and no place, or no permit within `wait`.
    pub rejected: u64,
    /// Calls that found no permit and queued since then, whatever became of them.
    pub waited: u64,
    /// The bounds of an adaptive limit.
    pub adaptive: Option<Adaptive>,
}
