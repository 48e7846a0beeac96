//! A rate: how many calls in which span of time.
//!
//! Goes in: a count and a span, or a text such as `"100/s"`. Comes out: the time from one token to the next.
//! Refuses: a rate of nothing, and one that nobody could keep or measure.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::clock::nanos;
use crate::config::duration::{self, Unread};

/// So many calls in so much time: `100/s`, `6000/min`, `1/2s`.
///
/// ```
/// use resilient_runtime::rate_limit::Rate;
/// use std::time::Duration;
///
/// assert_eq!("100/s".parse(), Ok(Rate::per_second(100)));
/// assert_eq!("1/2s".parse(), Ok(Rate::new(1, Duration::from_secs(2))));
/// assert_eq!(Rate::per_second(100).interval(), Duration::from_millis(10));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rate {
    count: u32,
    per: Duration,
}

/// The longest span, a leap year: what is allowed less often is no matter of a process's memory.
pub(super) const LONGEST: Duration = Duration::from_secs(366 * 86_400);

impl Rate {
    /// So many calls in this span. Anything can be written down; what makes no sense is refused by
    /// [`Settings::validate`](super::Settings::validate).
    #[must_use]
    pub const fn new(count: u32, per: Duration) -> Self {
        Self { count, per }
    }

    /// So many calls a second.
    #[must_use]
    pub const fn per_second(count: u32) -> Self {
        Self::new(count, Duration::from_secs(1))
    }

    /// So many calls a minute.
    #[must_use]
    pub const fn per_minute(count: u32) -> Self {
        Self::new(count, Duration::from_secs(60))
    }

    /// So many calls an hour.
    #[must_use]
    pub const fn per_hour(count: u32) -> Self {
        Self::new(count, Duration::from_secs(3_600))
    }

    /// The calls in a span.
    #[must_use]
    pub const fn count(self) -> u32 {
        self.count
    }

    /// The span.
    #[must_use]
    pub const fn per(self) -> Duration {
        self.per
    }

    /// The time from one token to the next, in whole nanoseconds: rounded up, so that the rate is never
    /// exceeded.
    #[must_use]
    pub const fn interval(self) -> Duration {
        let per = nanos(self.per);
        let interval = match self.count {
            0 => nanos(LONGEST),
            count => per.div_ceil(count as u64),
        };
        Duration::from_nanos(interval)
    }

    /// Whether this is a rate.
    ///
    /// # Errors
    ///
    /// A rate of zero, one faster than a call a nanosecond, a span of more than 366 days.
    pub fn check(self) -> Result<Self, RateError> {
        if self.count == 0 || self.per.is_zero() {
            return Err(RateError::Zero);
        }
        if nanos(self.per) < u64::from(self.count) {
            return Err(RateError::TooFast);
        }
        if self.per > LONGEST {
            return Err(RateError::TooLong);
        }
        Ok(self)
    }

    /// Fewer calls in the long run.
    pub(super) fn slower(self, other: Self) -> Self {
        // Exactly: 1/3 calls a nanosecond have no decimal form.
        let calls = |one: Self, span: Self| u128::from(one.count) * span.per.as_nanos();
        if calls(other, self) < calls(self, other) {
            other
        } else {
            self
        }
    }
}

/// The form that `parse` reads.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.per.as_nanos();
        let units = UNITS.iter().rev();
        let (name, unit) = units
            .filter(|(_, unit)| nanos % u128::from(*unit) == 0)
            .max_by_key(|(_, unit)| *unit)
            .unwrap_or(&UNITS[0]);
        match nanos / u128::from(*unit) {
            1 => write!(f, "{}/{}", self.count, name),
            many => write!(f, "{}/{many}{}", self.count, name),
        }
    }
}

impl fmt::Debug for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The units of time as they are shown, and their nanoseconds.
const UNITS: [(&str, u64); 7] = [
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("min", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
];

/// `count/unit` or `count/duration`, the form the attribute takes: `100/s`, `6000/min`, `1/2s`, `5/1m 30s`.
impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        let (count, span) = text.split_once('/').ok_or(RateError::NotARate)?;
        let (count, span) = (count.trim(), span.trim());
        if count.is_empty() || !count.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(RateError::NotARate);
        }
        let count = count.parse().map_err(|_| RateError::TooFast)?;
        let per = if span.starts_with(char::is_alphabetic) {
            duration::parse(&format!("1{span}"))
        } else {
            duration::parse(span)
        };
        let per = per.map_err(|error| match error {
            Unread::TooLong => RateError::TooLong,
            Unread::Form(_) => RateError::NotARate,
        })?;
        Self::new(count, per).check()
    }
}

/// Why something is no rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RateError {
    /// The text is not of the form `100/s`.
    NotARate,
    /// No calls, or a span of no time.
    Zero,
    /// More than one call a nanosecond, or more than 4,294,967,295 in one span.
    TooFast,
    /// A span of more than 366 days.
    TooLong,
}

impl fmt::Display for RateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotARate => "a rate is a count and a unit of time, such as `100/s`",
            Self::Zero => "a rate of zero lets no call through: give it at least `1/d`",
            Self::TooFast => {
                "more than one call a nanosecond is no limit: leave the rate limit out"
            }
            Self::TooLong => "a rate's span is at most 366 days",
        })
    }
}

impl std::error::Error for RateError {}
