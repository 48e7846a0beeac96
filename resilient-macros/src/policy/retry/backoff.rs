//! `backoff(..)`: how far apart the attempts are.

use std::time::Duration;

use proc_macro2::{Span, TokenStream};
use syn::Ident;

use crate::diagnostics::Errors;
use crate::options::{Form, Options, Spec, spec};
use crate::value::{self, At};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Growth {
    Fixed,
    Exponential,
}

pub(crate) struct Backoff {
    pub(crate) growth: Growth,
    pub(crate) base: Option<At<Duration>>,
    pub(crate) factor: Option<At<f32>>,
    pub(crate) max: Option<At<Duration>>,
    pub(crate) span: Span,
}

/// gRPC's example policy (proposal A6) starts at 100 ms and doubles.
pub(crate) const BASE: Duration = Duration::from_millis(100);
pub(crate) const MAX: Duration = Duration::from_secs(2);
const FACTOR: f64 = 2.0;

/// The delays before the repeats, without jitter, as the runtime computes them; defaults where nothing is said.
pub(super) fn delays(backoff: Option<&Backoff>) -> impl Iterator<Item = Duration> {
    let base = backoff
        .and_then(|backoff| backoff.base)
        .map_or(BASE, |base| base.value);
    let factor = match backoff {
        Some(backoff) if backoff.growth == Growth::Fixed => 1.0,
        Some(backoff) => backoff
            .factor
            .map_or(FACTOR, |factor| f64::from(factor.value)),
        None => FACTOR,
    };
    let max = backoff
        .and_then(|backoff| backoff.max)
        .map_or(MAX, |max| max.value);
    std::iter::successors(Some(base), move |delay| {
        let longer = delay.as_secs_f64() * factor;
        let longer = Duration::try_from_secs_f64(longer).map_or(max, |longer| longer.min(max));
        // A fixed delay has no maximum, and needs no arithmetic that could round it.
        Some(if factor > 1.0 { longer } else { *delay })
    })
}

const KNOWN: &[Spec] = &[
    spec("fixed", Form::Flag, "backoff(fixed, \"200ms\")"),
    spec("exponential", Form::Flag, "backoff(exponential, \"100ms\")"),
    spec("factor", Form::Assign, "factor = 2"),
    spec("max", Form::Assign, "max = \"2s\""),
];

pub(super) fn read(key: &Ident, tokens: TokenStream, errors: &mut Errors) -> Backoff {
    let mut options = Options::parse(tokens, errors);
    options.keep_known("backoff", KNOWN, &|_| None, errors);
    if options.is_empty() {
        errors.at(
            key.span(),
            "`backoff` says nothing",
            "the default would hold",
            "`backoff(\"100ms\", factor = 2, max = \"2s\")`",
        );
    }
    let fixed = options.flag("fixed");
    if let (Some(_), Some(span)) = (fixed, options.flag("exponential")) {
        errors.at(
            span,
            "`backoff` is both `fixed` and `exponential`",
            "",
            "one of the two",
        );
    }
    let unnamed = options.take_unnamed();
    for extra in unnamed.iter().skip(1) {
        errors.over(
            extra,
            "`backoff` takes one duration, the first delay",
            "",
            "`backoff(\"100ms\", max = \"2s\")`",
        );
    }
    let backoff = Backoff {
        growth: if fixed.is_some() {
            Growth::Fixed
        } else {
            Growth::Exponential
        },
        base: unnamed
            .first()
            .and_then(|expr| value::duration("backoff", expr, errors)),
        factor: options
            .assign("factor")
            .and_then(|(_, expr)| value::factor("factor", &expr, errors)),
        max: options
            .assign("max")
            .and_then(|(_, expr)| value::duration("max", &expr, errors)),
        span: key.span(),
    };
    if fixed.is_some() {
        if unnamed.is_empty() && !options.refused() {
            errors.at(
                key.span(),
                "a fixed backoff needs its delay",
                "",
                "`backoff(fixed, \"200ms\")`",
            );
        }
        does_not_grow(&backoff, errors);
    }
    backoff
}

fn does_not_grow(backoff: &Backoff, errors: &mut Errors) {
    let spans = [
        backoff.factor.map(|at| at.span),
        backoff.max.map(|at| at.span),
    ];
    for span in spans.into_iter().flatten() {
        errors.at(
            span,
            "a fixed backoff does not grow",
            "the option would do nothing",
            "`backoff(fixed, \"200ms\")`, or leave `fixed` out",
        );
    }
}
