//! Values as text: what a key is goes in beside it, a checked value comes out. The same forms as in the attributes.

pub(crate) mod duration;

use std::fmt;
use std::time::Duration;

use super::key::{Key, Kind};
use crate::breaker::{Ratio, Window};
use crate::hedge::After;
use crate::rate_limit::{Rate, RateError};

/// The value of a key.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value {
    Time(Duration),
    Window(Window),
    Share(Ratio),
    Count(u32),
    After(After),
    Factor(f32),
    Rate(Rate),
}

impl Value {
    /// Reads what the key's attribute would take.
    pub(super) fn read(key: &Key, text: &str) -> Result<Self, String> {
        let text = text.trim();
        let read = match key.kind {
            Kind::Window if is_digits(text) => {
                count(text).map(|calls| Self::Window(Window::Count(calls)))
            }
            Kind::Window => time(text).map(|time| Self::Window(Window::Time(time))),
            Kind::Time => time(text).map(Self::Time),
            Kind::Share => share(text).map(Self::Share),
            Kind::CountOrOff if text == "0" => Ok(Self::Count(0)),
            Kind::Count | Kind::CountOrOff => count(text).map(Self::Count),
            Kind::After => after(text).map(Self::After),
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
    match duration::parse(text).map_err(|error| error.to_string())? {
        Duration::ZERO => Err("zero: say how long, such as `500ms`".to_owned()),
        time => Ok(time),
    }
}

fn count(text: &str) -> Result<u32, String> {
    let number = is_digits(text).then(|| text.parse::<u32>().ok()).flatten();
    match number {
        Some(0) => Err("0: it must be at least 1".to_owned()),
        Some(count) => Ok(count),
        None => Err(not_a_number(
            text,
            &format!("a whole number from 1 to {}", u32::MAX),
        )),
    }
}

/// Digits and nothing else: the standard library also takes a plus sign, which the attributes do not.
fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn not_a_number(text: &str, what: &str) -> String {
    match text.strip_prefix('+') {
        Some(number) => format!("`{text}` is not {what}: write `{number}` without a sign"),
        None => format!("`{text}` is not {what}"),
    }
}

/// `80ms`, or `p95`; the bounds of the attribute are checked with the hedge's other numbers.
fn after(text: &str) -> Result<After, String> {
    let Some(share) = text.strip_prefix(['p', 'P']) else {
        return time(text).map(After::Fixed);
    };
    let share = is_digits(share).then(|| share.parse().ok()).flatten();
    match share {
        Some(share @ 50..=99) => Ok(After::Percentile(Ratio::percent(share))),
        _ => Err(format!("`{text}` is not a percentile from `p50` to `p99`")),
    }
}

fn factor(text: &str) -> Result<f32, String> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let factor = (is_digits(whole) && is_digits(decimals)).then(|| text.parse::<f32>().ok());
    match factor.flatten() {
        Some(factor) if (1.0..=100.0).contains(&factor) => Ok(factor),
        _ => Err(not_a_number(text, "a number from 1 to 100")),
    }
}

fn share(text: &str) -> Result<Ratio, String> {
    let hundredths = text
        .strip_suffix('%')
        .and_then(|number| hundredths(number.trim()));
    match hundredths {
        Some(share @ 1..=10_000) => Ok(Ratio::hundredths(share)),
        _ => Err(not_a_number(
            text,
            "a percentage above `0%` and up to `100%`, with at most two decimals",
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

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(time)
            | Self::Window(Window::Time(time))
            | Self::After(After::Fixed(time)) => write!(f, "{time:?}"),
            Self::Window(Window::Count(count)) | Self::Count(count) => write!(f, "{count}"),
            Self::Share(share) => write!(f, "{share}"),
            Self::After(After::Percentile(share)) => {
                write!(f, "p{}", share.as_hundredths() / 100)
            }
            Self::Factor(factor) => write!(f, "{factor}"),
            Self::Rate(rate) => write!(f, "{rate}"),
        }
    }
}
