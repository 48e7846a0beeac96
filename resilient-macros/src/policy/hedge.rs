//! `#[hedge]`: after how long the same call is sent once more beside itself, how often, and who pays.

use std::time::Duration;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Expr, Ident, Lit};

use super::Policy;
use super::clones::clones;
use super::retry::{self, Budget};
use crate::diagnostics::Errors;
use crate::options::{Form, Options, Spec, spec};
use crate::value::{self, At};

pub(crate) struct Hedge {
    pub(crate) span: Span,
    pub(crate) after: Option<At<After>>,
    pub(crate) max: Option<At<u32>>,
    pub(crate) budget: Option<Budget>,
    /// Arguments, `self` among them, that every lane gets a clone of.
    pub(crate) clone: Vec<Ident>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum After {
    /// `"80ms"`.
    Fixed(Duration),
    /// `"p95"`, in percent.
    Percentile(u8),
}

pub(crate) const MAX: u32 = 1;

// The limits of the run time, which are held against it by `tests/tests/limits.rs`.
const SHORTEST: Duration = Duration::from_millis(1);
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
const MOST: u32 = 4;
const PERCENTILES: std::ops::RangeInclusive<u8> = 50..=99;

impl Policy for Hedge {
    const OPTIONS: &'static [Spec] = &[
        spec("after", Form::Assign, "after = \"p95\""),
        spec("max", Form::Assign, "max = 1"),
        spec("budget", Form::List, "budget(\"search\")"),
        spec("clone", Form::List, "clone(query)"),
    ];

    fn parse(span: Span, options: &mut Options, errors: &mut Errors) -> Self {
        let unnamed = options.take_unnamed();
        for extra in &unnamed {
            let text = value::string(extra).map(syn::LitStr::value);
            let given = text.unwrap_or_else(|| "p95".to_owned());
            errors.over(
                extra,
                "`hedge` takes no unnamed value",
                "",
                &format!("`#[hedge(after = \"{given}\")]`"),
            );
        }
        let given = options.assign("after");
        if given.is_none() && unnamed.is_empty() && !options.refused() {
            errors.at(
                span,
                "`hedge` does not say after how long",
                "sent at once, every call would be two",
                "`#[hedge(after = \"p95\")]`: when it takes longer than 95 of 100 calls; or a time, as in `after = \"80ms\"`",
            );
        }
        Self {
            span,
            after: given.and_then(|(_, expr)| after(&expr, errors)),
            max: options
                .assign("max")
                .and_then(|(_, e)| value::count("max", "max = 1", &e, 1..=MOST, errors)),
            budget: options.list("budget").and_then(|(key, tokens)| {
                let budget = retry::read_budget(&key, tokens, errors);
                if matches!(budget, Budget::None) {
                    errors.at(
                        key.span(),
                        "a hedge without a budget",
                        "when the service slows down, every call would become two, and slow it down further",
                        "`budget(\"search\")`, or nothing: one that successes fill is there by default",
                    );
                    return None;
                }
                Some(budget)
            }),
            clone: clones(options, errors),
        }
    }
}

/// `"80ms"` is a time, `"p95"` a percentile.
fn after(expr: &Expr, errors: &mut Errors) -> Option<At<After>> {
    if let Some(Lit::Str(text)) = value::literal(expr) {
        let word = text.value();
        let share = word.trim();
        if let Some(digits) = share.strip_prefix(['p', 'P']) {
            return percentile(digits, &word, expr, errors).map(|at| At::new(at, text.span()));
        }
        if let Some(digits) = share.strip_suffix('%') {
            errors.over(
                expr,
                "`after` is a time or a percentile",
                "",
                &format!("`after = \"p{}\"`", digits.trim()),
            );
            return None;
        }
    }
    value::duration_within("after", expr, SHORTEST..=LONGEST, errors)
        .map(|time| At::new(After::Fixed(time.value), time.span))
}

fn percentile(digits: &str, word: &str, expr: &Expr, errors: &mut Errors) -> Option<After> {
    let share = digits
        .parse()
        .ok()
        .filter(|share| PERCENTILES.contains(share));
    if share.is_none() {
        errors.over(
            expr,
            &format!("`after = \"{word}\"` is no percentile to hedge by"),
            "below `p50` most calls would be sent twice; beyond `p99` a thousand calls, which are remembered, say too little",
            "`after = \"p95\"`; a whole number between 50 and 99",
        );
    }
    share.map(After::Percentile)
}

impl Hedge {
    /// Hedges of one attempt.
    pub(crate) fn max(&self) -> u32 {
        self.max.map_or(MAX, |at| at.value)
    }

    /// The set time after which the first hedge is due.
    pub(crate) fn fixed(&self) -> Option<At<Duration>> {
        self.after.and_then(|at| match at.value {
            After::Fixed(time) => Some(At::new(time, at.span)),
            After::Percentile(_) => None,
        })
    }

    /// The settings as a constant expression.
    pub(crate) fn settings(&self, private: &TokenStream) -> TokenStream {
        let mut settings = match self.after.map(|at| at.value) {
            Some(After::Percentile(share)) => quote! {
                #private::hedge::Settings::percentile(#private::breaker::Ratio::percent(#share))
            },
            Some(After::Fixed(time)) => {
                let time = crate::render::duration(private, time);
                quote!(#private::hedge::Settings::after(#time))
            }
            // An error has been reported; the function is still emitted.
            None => quote! {
                #private::hedge::Settings::percentile(#private::breaker::Ratio::percent(95u8))
            },
        };
        if let Some(At { value, .. }) = self.max {
            settings.extend(quote!(.max(#value)));
        }
        settings
    }
}
