//! Durations as text: `1m 30s` goes in, what the attributes and `humantime` read comes out.
//!
//! Refuses: a number without a unit, units that are not of one length (months, years) or longer than a day, what is
//! finer than a nanosecond, and more than 64 bits of nanoseconds (584 years), to which all stamps are added.

use std::fmt;
use std::time::Duration;

/// Why a text is no duration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unread {
    Form(String),
    TooLong,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(what) => f.write_str(what),
            Self::TooLong => f.write_str("it is too long"),
        }
    }
}

/// Sums of numbers with units.
pub(crate) fn parse(text: &str) -> Result<Duration, Unread> {
    let mut total = 0_u64;
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(Unread::Form("it is empty".to_owned()));
    }
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let (number, behind) = rest.split_at(digits);
        if number.is_empty() {
            let what = format!("`{rest}` does not start with a number");
            return Err(Unread::Form(what));
        }
        let behind = behind.trim_start();
        let letters = behind
            .find(|c: char| !c.is_alphabetic())
            .unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(letters);
        let part = part(number, nanos(number, unit)?)?;
        total = total.checked_add(part).ok_or(Unread::TooLong)?;
        rest = behind.trim_start();
    }
    Ok(Duration::from_nanos(total))
}

/// The length of a unit.
fn nanos(number: &str, unit: &str) -> Result<u64, Unread> {
    Ok(match unit {
        "ns" | "nsec" | "nanos" => 1,
        "us" | "usec" | "µs" => 1_000,
        "ms" | "msec" | "millis" => 1_000_000,
        "s" | "sec" | "secs" | "second" | "seconds" => 1_000_000_000,
        "m" | "min" | "mins" | "minute" | "minutes" => 60_000_000_000,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3_600_000_000_000,
        "d" | "day" | "days" => 86_400_000_000_000,
        "" => {
            return Err(Unread::Form(format!(
                "`{number}` has no unit, did you mean `{number}ms` or `{number}s`?"
            )));
        }
        other => {
            return Err(Unread::Form(format!(
                "`{other}` is not a unit; the units are ns, us, ms, s, m, h, d"
            )));
        }
    })
}

/// So many units, in nanoseconds.
fn part(number: &str, nanos: u64) -> Result<u64, Unread> {
    let bad = || Unread::Form(format!("`{number}` is not a number that fits"));
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() || decimals.contains('.') || number.ends_with('.') || decimals.len() > 9 {
        return Err(bad());
    }
    // Only digits are left, so that only their number can be wrong.
    let whole: u64 = whole.parse().map_err(|_| Unread::TooLong)?;
    let sum = whole.checked_mul(nanos).ok_or(Unread::TooLong)?;
    if decimals.is_empty() {
        return Ok(sum);
    }
    let scale = 10_u64.pow(u32::try_from(decimals.len()).map_err(|_| bad())?);
    let fraction: u64 = decimals.parse().map_err(|_| bad())?;
    let extra = u128::from(fraction) * u128::from(nanos);
    if extra % u128::from(scale) != 0 {
        let what = format!("`{number}` of that unit is finer than a nanosecond");
        return Err(Unread::Form(what));
    }
    let extra = u64::try_from(extra / u128::from(scale)).map_err(|_| Unread::TooLong)?;
    sum.checked_add(extra).ok_or(Unread::TooLong)
}
