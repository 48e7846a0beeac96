//! A share of calls: hundredths of a percent in, exact comparisons out.

use std::fmt;

/// A share, kept as hundredths of a percent: exact, comparable, two bytes.
///
/// ```
/// use resilient_runtime::breaker::Ratio;
/// assert_eq!(Ratio::percent(50).to_string(), "50%");
/// assert_eq!(Ratio::hundredths(1_250).to_string(), "12.5%");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ratio(u16);

impl Ratio {
    /// All of them: 100 %.
    pub const ALL: Self = Self(10_000);

    /// Whole percent. More than 100 can be written down, and is refused by [`Settings::validate`](super::Settings::validate).
    #[must_use]
    pub const fn percent(percent: u8) -> Self {
        Self(percent as u16 * 100)
    }

    /// Hundredths of a percent: 1,250 is 12.5 %.
    #[must_use]
    pub const fn hundredths(hundredths: u16) -> Self {
        Self(hundredths)
    }

    /// This share in hundredths of a percent, 10,000 being all.
    #[must_use]
    pub const fn as_hundredths(self) -> u16 {
        self.0
    }

    /// What share `part` is of `whole`, rounded down; none when there is nothing to share.
    pub(super) fn of(part: u64, whole: u64) -> Option<Self> {
        let hundredths = part.saturating_mul(10_000).checked_div(whole)?;
        Some(Self(u16::try_from(hundredths).unwrap_or(u16::MAX)))
    }

    /// Whether `part` of `whole` is this share or more, without rounding.
    pub(super) fn is_reached(self, part: u64, whole: u64) -> bool {
        part.saturating_mul(10_000) >= whole.saturating_mul(u64::from(self.0))
    }

    pub(super) fn is_sensible(self) -> bool {
        self.0 > 0 && self <= Self::ALL
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 100, self.0 % 100);
        match rest {
            0 => write!(f, "{whole}%"),
            _ if rest % 10 == 0 => write!(f, "{whole}.{}%", rest / 10),
            _ => write!(f, "{whole}.{rest:02}%"),
        }
    }
}
