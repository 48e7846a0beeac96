//! Values as text: what a key is goes in beside it, a checked value comes out. The same forms as in the attributes.

use std::fmt;
use std::time::Duration;

use super::key::{Key, Kind};
use crate::breaker::{Ratio, Window};
use crate::rate_limit::{Rate, RateError};

/// The value of a key.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value {
    Time(Duration),
    Window(Window),
    Share(Ratio),
    Count(u32),
    Factor(f32),
    Rate(Rate),
}

impl Value {
    /// Reads what the key's attribute would take.
    pub(super) fn read(key: &Key, text: &str) -> Result<Self, String> {
        let text = text.trim();
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let read = match key.kind {
            Kind::Window if is_number => {
                count(text).map(|calls| Self::Window(Window::Count(calls)))
            }
            Kind::Window => time(text).map(|time| Self::Window(Window::Time(time))),
            Kind::Time => time(text).map(Self::Time),
            Kind::Share => share(text).map(Self::Share),
            Kind::Count => count(text).map(Self::Count),
            Kind::Factor => factor(text).map(Self::Factor),
            Kind::Rate => text
                .parse()
                .map(Self::Rate)
                .map_err(|error: RateError| error.to_string()),
        };
        read.map_err(|reason| format!("`{key}`: {reason}"))
    }
}

fn time(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("zero: say how long, such as `500ms`".to_owned()),
        time => Ok(time),
    }
}

fn count(text: &str) -> Result<u32, String> {
    match text.parse::<u32>() {
        Ok(0) => Err("0: it must be at least 1".to_owned()),
        Ok(count) => Ok(count),
        Err(_) => Err(format!(
            "`{text}` is not a whole number from 1 to {}",
            u32::MAX
        )),
    }
}

fn factor(text: &str) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(factor) if (1.0..=100.0).contains(&factor) => Ok(factor),
        _ => Err(format!("`{text}` is not a number from 1 to 100")),
    }
}

fn share(text: &str) -> Result<Ratio, String> {
    let hundredths = text
        .strip_suffix('%')
        .and_then(|number| hundredths(number.trim()));
    match hundredths {
        Some(share @ 1..=10_000) => Ok(Ratio::hundredths(share)),
        _ => Err(format!(
            "`{text}` is not a percentage above `0%` and up to `100%`, with at most two decimals"
        )),
    }
}

fn hundredths(number: &str) -> Option<u16> {
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || decimals.len() > 2 || !digits(whole) || !digits(decimals) {
        return None;
    }
    let whole: u16 = whole.parse().ok()?;
    let decimals: u16 = format!("{decimals:0<2}").parse().ok()?;
    whole.checked_mul(100)?.checked_add(decimals)
}

/// Sums of numbers with units, as the attributes and `humantime` read them.
fn duration(text: &str) -> Result<Duration, String> {
    let mut total = Duration::ZERO;
    let mut rest = text;
    if rest.is_empty() {
        return Err("it is empty".to_owned());
    }
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let (number, behind) = rest.split_at(digits);
        if number.is_empty() {
            return Err(format!("`{rest}` does not start with a number"));
        }
        let behind = behind.trim_start();
        let letters = behind
            .find(|c: char| !c.is_alphabetic())
            .unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(letters);
        let part = part(number, unit)?;
        total = total.checked_add(part).ok_or("it is too long")?;
        rest = behind.trim_start();
    }
    // What is added to stamps is 64 bits of nanoseconds: 584 years.
    if u64::try_from(total.as_nanos()).is_err() {
        return Err("it is too long".to_owned());
    }
    Ok(total)
}

fn part(number: &str, unit: &str) -> Result<Duration, String> {
    let nanos: u64 = match unit {
        "ns" | "nsec" => 1,
        "us" | "usec" | "µs" => 1_000,
        "ms" | "msec" => 1_000_000,
        "s" | "sec" | "secs" | "second" | "seconds" => 1_000_000_000,
        "m" | "min" | "mins" | "minute" | "minutes" => 60_000_000_000,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3_600_000_000_000,
        "d" | "day" | "days" => 86_400_000_000_000,
        "" => {
            return Err(format!(
                "`{number}` has no unit, did you mean `{number}ms` or `{number}s`?"
            ));
        }
        other => {
            return Err(format!(
                "`{other}` is not a unit; the units are ns, us, ms, s, m, h, d"
            ));
        }
    };
    let bad = || format!("`{number}` is not a number that fits");
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() || decimals.contains('.') || number.ends_with('.') || decimals.len() > 9 {
        return Err(bad());
    }
    let whole: u64 = whole.parse().map_err(|_| bad())?;
    let mut sum = whole.checked_mul(nanos).ok_or_else(bad)?;
    if !decimals.is_empty() {
        let scale = 10u128.pow(u32::try_from(decimals.len()).map_err(|_| bad())?);
        let fraction: u128 = decimals.parse().map_err(|_| bad())?;
        let extra = u64::try_from(fraction * u128::from(nanos) / scale).map_err(|_| bad())?;
        sum = sum.checked_add(extra).ok_or_else(bad)?;
    }
    Ok(Duration::from_nanos(sum))
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(time) | Self::Window(Window::Time(time)) => write!(f, "{time:?}"),
            Self::Window(Window::Count(count)) | Self::Count(count) => write!(f, "{count}"),
            Self::Share(share) => write!(f, "{share}"),
            Self::Factor(factor) => write!(f, "{factor}"),
            Self::Rate(rate) => write!(f, "{rate}"),
        }
    }
}
