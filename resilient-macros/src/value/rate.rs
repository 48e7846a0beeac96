//! Rates as text: `"100/s"` goes in, a count and a span of time come out.

use std::fmt;
use std::time::Duration;

use syn::{Expr, Lit};

use super::duration::{parse as parse_duration, show};
use super::{At, literal, no_literal};
use crate::diagnostics::Errors;

/// So many calls in so much time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rate {
    pub(crate) count: u32,
    pub(crate) per: Duration,
}

/// The longest span of the run time, a leap year.
const LONGEST: Duration = Duration::from_secs(366 * 86_400);

impl Rate {
    /// The time from one call to the next, as the run time rounds it: up, to whole nanoseconds.
    pub(crate) fn interval(self) -> Duration {
        let nanos = self.per.as_nanos().div_ceil(self.count.max(1).into());
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

/// The form in which rates are written.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let span = show(self.per);
        write!(
            f,
            "{}/{}",
            self.count,
            match span.strip_prefix('1') {
                Some(unit) if unit.chars().all(char::is_alphabetic) => unit,
                _ => &span,
            }
        )
    }
}

const FORM: &str = "a count and a unit of time, such as `\"100/s\"`, `\"6000/min\"` or `\"1/2s\"`";

/// Whether a string was meant as a rate, and not as a name: it begins with a digit.
pub(crate) fn seems_rate(text: &str) -> bool {
    text.trim_start().starts_with(|c: char| c.is_ascii_digit())
}

/// Reads `"100/s"`, `"6000/min"`, `"1/2s"`; zero, and what nobody could keep to, is refused.
pub(crate) fn rate(what: &str, expr: &Expr, errors: &mut Errors) -> Option<At<Rate>> {
    let text = match literal(expr) {
        Some(Lit::Str(text)) => text,
        Some(Lit::Int(int)) => {
            let write = format!("`{what}(\"{}/s\")`", int.base10_digits());
            no_unit(what, expr, &write, errors);
            return None;
        }
        Some(Lit::Float(float)) => {
            let write = fraction(float.base10_digits()).unwrap_or_else(|| FORM.to_owned());
            no_unit(what, expr, &write, errors);
            return None;
        }
        _ => {
            no_literal(what, "a rate", FORM, expr, errors);
            return None;
        }
    };
    match parse(&text.value()) {
        Ok(rate) => Some(At::new(rate, text.span())),
        Err((problem, write)) => {
            errors.over(expr, &format!("this is no rate: {problem}"), "", &write);
            None
        }
    }
}

fn no_unit(what: &str, expr: &Expr, write: &str, errors: &mut Errors) {
    errors.over(
        expr,
        &format!("`{what}` has no unit"),
        "calls a minute that are read as calls a second are sixty times as many",
        write,
    );
}

/// What is wrong, and what to write instead.
type Wrong = (String, String);

fn parse(text: &str) -> Result<Rate, Wrong> {
    let text = text.trim();
    let Some((count, span)) = text.split_once('/') else {
        return Err(without_a_slash(text));
    };
    let (count, span) = (count.trim(), span.trim());
    let count = self::count(count, span)?;
    // Only a unit: `.5s` is half a second, and not one and a half.
    let bare = span.starts_with(char::is_alphabetic);
    let per = if bare {
        parse_duration(&format!("1{span}"))
    } else {
        parse_duration(span)
    };
    let per = per.map_err(|problem| {
        let known = !bare || span.is_empty() || problem.contains("unit;");
        let problem = if span.is_empty() {
            "it has no unit behind the `/`".to_owned()
        } else if known {
            problem
        } else {
            format!("`{span}` is not a unit of time")
        };
        (
            problem,
            format!("`\"{count}/s\"`, `\"{count}/min\"` or `\"{count}/h\"`"),
        )
    })?;
    if count == 0 || per.is_zero() {
        let write = "at least `\"1/d\"`; to stop all calls, force a breaker open".to_owned();
        return Err(("it lets no call through".to_owned(), write));
    }
    if per.as_nanos() < u128::from(count) {
        return Err((
            "more than one call a nanosecond is no limit".to_owned(),
            "a rate that the service can take, or no `rate_limit`".to_owned(),
        ));
    }
    if per > LONGEST {
        return Err((
            format!("a span of {} is longer than 366 days", show(per)),
            "a shorter span: nothing is remembered longer than the process lives".to_owned(),
        ));
    }
    Ok(Rate { count, per })
}

fn count(count: &str, span: &str) -> Result<u32, Wrong> {
    if let Some(write) = fraction(count) {
        return Err((format!("`{count}` is not a whole number"), write));
    }
    let digits = count.replace(['_', ',', '\''], "");
    let plain = digits.trim_end_matches(|c: char| !c.is_ascii_digit());
    if plain.is_empty() || !plain.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err((format!("`{count}` is not a whole number"), FORM.to_owned()));
    }
    if plain != count {
        return Err((
            format!("`{count}` is not a whole number"),
            format!("`\"{plain}/{span}\"`"),
        ));
    }
    plain.parse().map_err(|_| {
        let problem = format!("`{count}` is more than 4294967295");
        (
            problem,
            "a shorter span, such as `\"1000000/s\"`".to_owned(),
        )
    })
}

/// `0.5` as a rate of whole calls: `1/2s`.
fn fraction(number: &str) -> Option<String> {
    let (whole, decimals) = number.split_once('.')?;
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(decimals) || decimals.is_empty() || decimals.len() > 3 {
        return None;
    }
    let scale = 10_u32.pow(u32::try_from(decimals.len()).ok()?);
    let (mut count, mut seconds) = (format!("{whole}{decimals}").parse::<u32>().ok()?, scale);
    for factor in [2, 5] {
        while count % factor == 0 && seconds % factor == 0 && count > 0 {
            (count, seconds) = (count / factor, seconds / factor);
        }
    }
    Some(match seconds {
        1 => format!("`\"{count}/s\"`"),
        _ => format!("`\"{count}/{seconds}s\"`"),
    })
}

/// `100`, `100rps`, `100 per second`.
fn without_a_slash(text: &str) -> Wrong {
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (count, rest) = text.split_at(digits);
    let words = rest.trim().to_ascii_lowercase();
    let word = words.rsplit(' ').next().unwrap_or_default();
    let unit = match word {
        "rps" | "qps" | "tps" | "ps" | "hz" | "s" | "sec" | "second" | "seconds" => Some("s"),
        "rpm" | "qpm" | "tpm" | "m" | "min" | "minute" | "minutes" => Some("min"),
        "rph" | "h" | "hour" | "hours" => Some("h"),
        "d" | "day" | "days" => Some("d"),
        _ => None,
    };
    match unit {
        _ if count.is_empty() => (
            format!("`{text}` does not begin with a count"),
            FORM.to_owned(),
        ),
        Some(unit) => (
            "it has no `/` between count and unit".to_owned(),
            format!("`\"{count}/{unit}\"`"),
        ),
        None => (
            "it has no unit of time".to_owned(),
            format!("`\"{count}/s\"` or `\"{count}/min\"`"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(u32, u64)> {
        let rate = parse(text).ok()?;
        Some((rate.count, u64::try_from(rate.per.as_millis()).unwrap()))
    }

    #[test]
    fn a_rate_is_a_count_and_a_span() {
        for (text, rate) in [
            ("100/s", (100, 1_000)),
            ("6000/min", (6_000, 60_000)),
            ("1/2s", (1, 2_000)),
            (" 5 / 1m 30s ", (5, 90_000)),
            ("10/hour", (10, 3_600_000)),
            ("1/366d", (1, 31_622_400_000)),
        ] {
            assert_eq!(read(text), Some(rate), "{text}");
        }
        for text in [
            "",
            "/",
            "/s",
            "100",
            "100/",
            "0/s",
            "1/0s",
            "1.5/s",
            "-1/s",
            "100 per second",
            "5000000000/s",
            "2/ns",
            "1/367d",
            "1/parsec",
            "1k/s",
            "a/s",
            "1//s",
            "2/.5s",
            "2/",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_rate_that_was_probably_meant_is_named() {
        let meant = |text: &str| parse(text).unwrap_err().1;
        assert_eq!(meant("100rps"), "`\"100/s\"`");
        assert_eq!(meant("60 per minute"), "`\"60/min\"`");
        assert_eq!(meant("0.5/s"), "`\"1/2s\"`");
        assert_eq!(meant("2.50/s"), "`\"5/2s\"`");
        assert_eq!(meant("1_000/s"), "`\"1000/s\"`");
        assert_eq!(meant("100req/s"), "`\"100/s\"`");
    }

    #[test]
    fn a_rate_is_shown_the_way_it_is_written() {
        for text in ["100/s", "6000/m", "1/2s", "5/90s", "10/h"] {
            assert_eq!(parse(text).unwrap().to_string(), text);
        }
        assert_eq!(
            parse("3/s").unwrap().interval(),
            Duration::from_nanos(333_333_334)
        );
    }
}
