//! Typed values: a literal goes in, a number with its meaning comes out.
//!
//! Durations, percentages and rates are strings with units; a bare number is refused with a suggestion.

mod duration;
#[cfg(test)]
mod properties;
mod rate;

use std::ops::RangeInclusive;
use std::time::Duration;

use proc_macro2::Span;
use syn::{Expr, ExprLit, Lit, LitStr};

use crate::diagnostics::Errors;
use duration::parse as parse_duration;
pub(crate) use duration::show;
pub(crate) use rate::{Rate, rate, seems_rate};

/// A value and where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
}

impl<T> At<T> {
    pub(crate) fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// Reads `"500ms"`, `"1m 30s"`, `"1.5s"`; zero is refused.
pub(crate) fn duration(what: &str, expr: &Expr, errors: &mut Errors) -> Option<At<Duration>> {
    let text = match literal(expr) {
        Some(Lit::Str(text)) => text,
        Some(Lit::Int(int)) if int.suffix().is_empty() => {
            unit_missing(
                what,
                expr,
                &format!("`\"{int}ms\"` or `\"{int}s\"`"),
                errors,
            );
            return None;
        }
        Some(lit @ (Lit::Int(_) | Lit::Float(_))) => {
            let text = quote::ToTokens::to_token_stream(lit).to_string();
            let suggestion = match parse_duration(&text) {
                Ok(_) => format!("`\"{text}\"`, in quotes, the form that rustfmt formats"),
                Err(_) => format!("`\"{text}s\"`"),
            };
            unit_missing(what, expr, &suggestion, errors);
            return None;
        }
        _ => {
            no_literal(
                what,
                "a duration",
                "a string with a unit, such as `\"500ms\"`",
                expr,
                errors,
            );
            return None;
        }
    };
    match parse_duration(&text.value()) {
        Ok(Duration::ZERO) => {
            errors.over(
                expr,
                &format!("`{what}` is zero"),
                zero(what),
                "a duration above zero, such as `\"500ms\"`",
            );
            None
        }
        Ok(value) => Some(At::new(value, text.span())),
        Err(error) => {
            errors.over(
                expr,
                &format!("`{what}` is not a duration: {error}"),
                "",
                "a number and a unit, such as `\"500ms\"` or `\"1m 30s\"`",
            );
            None
        }
    }
}

/// The same within limits that the run time would refuse to go beyond.
pub(crate) fn duration_within(
    what: &str,
    expr: &Expr,
    limits: RangeInclusive<Duration>,
    errors: &mut Errors,
) -> Option<At<Duration>> {
    let at = duration(what, expr, errors)?;
    if limits.contains(&at.value) {
        return Some(at);
    }
    let (least, most) = (show(*limits.start()), show(*limits.end()));
    let (given, is_short) = (show(at.value), at.value < *limits.start());
    let (kind, write) = if is_short {
        ("short", format!("at least `\"{least}\"`"))
    } else {
        ("long", format!("at most `\"{most}\"`"))
    };
    errors.over(
        expr,
        &format!("`{what}` of {given} is too {kind}: probably a unit gone wrong"),
        "",
        &write,
    );
    None
}

/// What an option of zero would do.
fn zero(what: &str) -> &'static str {
    match what {
        "timeout" | "total" | "attempt" => "every call would end before it starts",
        "backoff" | "max" => "a partner that is down would be asked again at once",
        "window" => "no call would stay in it long enough to be counted",
        "open" | "max_open" => {
            "the breaker would let every call through, also while the partner is down"
        }
        "slow" => "every call would count as slow",
        "after" => "every call would be sent twice",
        "wait" => "nobody would wait, as without the option",
        _ => "the option would do nothing",
    }
}

/// The rules run before constants have values, so only literals can be checked.
fn no_literal(what: &str, kind: &str, write: &str, expr: &Expr, errors: &mut Errors) {
    if matches!(
        expr,
        Expr::Path(_) | Expr::Call(_) | Expr::MethodCall(_) | Expr::Macro(_)
    ) {
        errors.over(
            expr,
            &format!("`{what}` must be a literal: the rules compare the numbers of a stack before constants have values"),
            "",
            write,
        );
    } else {
        errors.over(expr, &format!("`{what}` is not {kind}"), "", write);
    }
}

fn unit_missing(what: &str, expr: &Expr, suggestion: &str, errors: &mut Errors) {
    errors.over(
        expr,
        &format!("`{what}` has no unit"),
        "milliseconds that are read as seconds last a thousand times as long",
        suggestion,
    );
}

/// Reads a whole number within limits; `usage` shows one.
pub(crate) fn count(
    what: &str,
    usage: &str,
    expr: &Expr,
    limits: RangeInclusive<u32>,
    errors: &mut Errors,
) -> Option<At<u32>> {
    let Some(Lit::Int(int)) = literal(expr) else {
        no_literal(what, "a whole number", &format!("`{usage}`"), expr, errors);
        return None;
    };
    if !int.suffix().is_empty() {
        let suffix = int.suffix();
        errors.over(
            expr,
            &format!("`{what}` is a plain number, without `{suffix}`"),
            "",
            &format!("`{usage}`"),
        );
        return None;
    }
    match int.base10_parse::<u32>() {
        Ok(value) if limits.contains(&value) => Some(At::new(value, int.span())),
        _ => {
            let range = match (limits.start(), limits.end()) {
                (least, &u32::MAX) => format!("at least {least}"),
                (least, most) => format!("between {least} and {most}"),
            };
            errors.over(
                expr,
                &format!("`{what}` of {int} is out of range"),
                "",
                &format!("`{usage}`; {range}"),
            );
            None
        }
    }
}

/// Reads a factor of growth: at least 1, at most 100.
pub(crate) fn factor(what: &str, expr: &Expr, errors: &mut Errors) -> Option<At<f32>> {
    let value = match literal(expr) {
        Some(Lit::Int(int)) => int.base10_parse::<f32>().ok(),
        Some(Lit::Float(float)) => float.base10_parse::<f32>().ok(),
        _ => None,
    };
    match value {
        Some(value) if (1.0..=100.0).contains(&value) => {
            Some(At::new(value, syn::spanned::Spanned::span(expr)))
        }
        _ => {
            errors.over(
                expr,
                &format!("`{what}` is not a number from 1 to 100"),
                "below 1 the waits would shrink while the partner is down",
                &format!("`{what} = 2`"),
            );
            None
        }
    }
}

/// Reads `"50%"` as hundredths of a percent; zero and more than 100 % are refused.
pub(crate) fn percent(what: &str, expr: &Expr, errors: &mut Errors) -> Option<At<u16>> {
    let Some(Lit::Str(text)) = literal(expr) else {
        let hint = match literal(expr) {
            Some(Lit::Int(int)) => format!("`{what} = \"{int}%\"`"),
            _ => format!("`{what} = \"50%\"`"),
        };
        errors.over(
            expr,
            &format!("`{what}` is not a percentage"),
            "0.5 and 50 are both read as a half by somebody",
            &hint,
        );
        return None;
    };
    let value = text.value();
    let parsed = value
        .trim()
        .strip_suffix('%')
        .and_then(|number| hundredths(number.trim()));
    match parsed {
        Some(parsed @ 1..=10_000) => Some(At::new(parsed, text.span())),
        Some(_) => {
            errors.over(
                expr,
                &format!("`{what}` is out of range"),
                "",
                "more than `\"0%\"` and at most `\"100%\"`",
            );
            None
        }
        None => {
            errors.over(
                expr,
                &format!("`{what}` is not a percentage"),
                "",
                &format!("`{what} = \"50%\"`, with at most two decimals"),
            );
            None
        }
    }
}

/// `12.5` as 1250; more than two decimals are no percentage of ours.
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

pub(crate) fn string(expr: &Expr) -> Option<&LitStr> {
    match literal(expr) {
        Some(Lit::Str(text)) => Some(text),
        _ => None,
    }
}

pub(crate) fn literal(expr: &Expr) -> Option<&Lit> {
    match expr {
        Expr::Lit(ExprLit { lit, .. }) => Some(lit),
        Expr::Group(group) => literal(&group.expr),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_keep_two_decimals() {
        assert_eq!(hundredths("50"), Some(5_000));
        assert_eq!(hundredths("12.5"), Some(1_250));
        assert_eq!(hundredths("0.01"), Some(1));
        assert_eq!(hundredths("0.001"), None);
        assert_eq!(hundredths("99999"), None);
        assert_eq!(hundredths("+5"), None);
    }
}
