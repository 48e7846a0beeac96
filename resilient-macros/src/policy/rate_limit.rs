//! `#[rate_limit]`: how many calls may start in a span of time, and how long one may wait for its turn.

use std::time::Duration;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Expr, Lit};

use super::Policy;
use super::naming::{Naming, Source, numbers_elsewhere};
use crate::diagnostics::Errors;
use crate::options::{Form, Options, Spec, spec};
use crate::value::{self, At, Rate};

pub(crate) struct RateLimit {
    pub(crate) naming: Naming,
    pub(crate) rate: Option<At<Rate>>,
    pub(crate) burst: Option<At<u32>>,
    pub(crate) wait: Option<At<Duration>>,
}

impl Policy for RateLimit {
    const OPTIONS: &'static [Spec] = &[
        spec("key", Form::List, "key(region)"),
        spec("burst", Form::Assign, "burst = 20"),
        spec("wait", Form::Assign, "wait = \"50ms\""),
    ];

    fn parse(span: Span, options: &mut Options, errors: &mut Errors) -> Self {
        let (rates, rest): (Vec<Expr>, Vec<Expr>) =
            options
                .take_unnamed()
                .into_iter()
                .partition(|expr| match value::literal(expr) {
                    Some(Lit::Int(_) | Lit::Float(_)) => true,
                    Some(Lit::Str(text)) => value::seems_rate(&text.value()),
                    _ => false,
                });
        let naming = Naming::parse("rate_limit", rest, options, errors);
        let mut rates = rates.into_iter();
        let given = rates.next();
        let rate = given
            .as_ref()
            .and_then(|expr| value::rate("rate_limit", expr, errors));
        for extra in rates {
            errors.over(&extra, "`rate_limit` has two rates", "", "one of them");
        }
        let burst = options
            .assign("burst")
            .and_then(|(_, e)| value::count("burst", "burst = 20", &e, 1..=u32::MAX, errors));
        if let Some(rate) = rate {
            refuse_centuries(rate, burst, errors);
        }
        let wait = options
            .assign("wait")
            .and_then(|(_, e)| value::duration("wait", &e, errors));
        if naming.own_numbers() {
            if given.is_none() && !options.refused() {
                no_rate(span, &naming, errors);
            }
        } else {
            for span in [
                rate.map(|at| at.span),
                burst.map(|at| at.span),
                wait.map(|at| at.span),
            ]
            .into_iter()
            .flatten()
            {
                numbers_elsewhere("rate_limit", span, errors);
            }
        }
        Self {
            naming,
            rate,
            burst,
            wait,
        }
    }

    fn naming(&mut self) -> Option<&mut Naming> {
        Some(&mut self.naming)
    }
}

/// What the run time can count: a hundred years until a bucket is full again.
const FULL_IN: Duration = Duration::from_secs(100 * 366 * 86_400);

fn refuse_centuries(rate: At<Rate>, burst: Option<At<u32>>, errors: &mut Errors) {
    let tokens = burst.map_or(rate.value.count, |at| at.value);
    let full_in = rate.value.interval().checked_mul(tokens);
    if full_in.is_none_or(|full_in| full_in > FULL_IN) {
        errors.at(
            burst.map_or(rate.span, |at| at.span),
            &format!(
                "a burst of {tokens} at {} takes centuries to come back",
                rate.value
            ),
            "it would be a limit for the life of the process, and not a rate",
            "a smaller `burst`",
        );
    }
}

fn no_rate(span: Span, naming: &Naming, errors: &mut Errors) {
    let at_run_time = "nobody could tell how many calls are too many";
    match &naming.source {
        Source::Named(name) => errors.over(
            name,
            "`rate_limit` has a name and no rate",
            at_run_time,
            &format!(
                "`#[rate_limit(\"{}\", \"100/s\")]`: at most 100 calls a second",
                name.value()
            ),
        ),
        _ => errors.at(
            span,
            "`rate_limit` has no rate",
            at_run_time,
            "`#[rate_limit(\"100/s\")]`: at most 100 calls a second",
        ),
    }
}

impl RateLimit {
    /// The settings as a constant expression.
    pub(crate) fn settings(&self, private: &TokenStream) -> TokenStream {
        // Without a rate there is an error; any will do.
        let Rate { count, per } = self.rate.map_or(
            Rate {
                count: 1,
                per: Duration::from_secs(1),
            },
            |at| at.value,
        );
        let per = crate::render::duration(private, per);
        let rate = quote!(#private::rate_limit::Rate::new(#count, #per));
        let mut settings = quote!(#private::rate_limit::Settings::new(#rate));
        if let Some(At { value, .. }) = self.burst {
            settings.extend(quote!(.burst(#value)));
        }
        if let Some(wait) = self.wait {
            let wait = crate::render::duration(private, wait.value);
            settings.extend(quote!(.wait(#wait)));
        }
        settings
    }
}
