//! `#[bulkhead]`: how many calls may be in flight at once, and how many may wait.

use std::time::Duration;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Expr, Lit};

use super::Policy;
use super::naming::{Naming, Source, numbers_elsewhere};
use crate::diagnostics::Errors;
use crate::options::{Form, Options, Spec, spec};
use crate::value::{self, At};

pub(crate) struct Bulkhead {
    pub(crate) naming: Naming,
    pub(crate) limit: Option<At<u32>>,
    pub(crate) adaptive: Option<Bounds>,
    pub(crate) wait: Option<At<Duration>>,
    pub(crate) queue: Option<At<u32>>,
}

/// Between which limits an adaptive one follows the service.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) min: u32,
    pub(crate) max: u32,
}

/// The bounds nobody wrote: failsafe-go.
const BOUNDS: Bounds = Bounds { min: 1, max: 200 };

/// The limit of the run time, which keeps one bit of its count for itself.
const MOST: u32 = u32::MAX >> 1;

impl Policy for Bulkhead {
    fn naming(&mut self) -> Option<&mut Naming> {
        Some(&mut self.naming)
    }

    const OPTIONS: &'static [Spec] = &[
        spec("key", Form::List, "key(region)"),
        spec("adaptive", Form::Flag, "adaptive"),
        spec("min", Form::Assign, "min = 1"),
        spec("max", Form::Assign, "max = 200"),
        spec("wait", Form::Assign, "wait = \"50ms\""),
        spec("queue", Form::Assign, "queue = 10"),
    ];

    fn parse(span: Span, options: &mut Options, errors: &mut Errors) -> Self {
        let (limits, rest): (Vec<Expr>, Vec<Expr>) = options
            .take_unnamed()
            .into_iter()
            .partition(|expr| matches!(value::literal(expr), Some(Lit::Int(_) | Lit::Float(_))));
        let naming = Naming::parse("bulkhead", rest, options, errors);
        let mut limits = limits.into_iter();
        let given = limits.next();
        let limit = given
            .as_ref()
            .and_then(|expr| value::count("bulkhead", "bulkhead(10)", expr, 1..=MOST, errors));
        for extra in limits {
            errors.over(&extra, "`bulkhead` has two limits", "", "one of them");
        }
        let before = errors.len();
        let adaptive = adaptive(given.as_ref(), options, errors);
        let bounds_refused = errors.len() > before;
        let wait = options
            .assign("wait")
            .and_then(|(_, e)| value::duration("wait", &e, errors));
        let queue = options
            .assign("queue")
            .and_then(|(_, e)| value::count("queue", "queue = 10", &e, 1..=MOST, errors));
        if let (None, Some(queue)) = (wait, queue) {
            errors.at(
                queue.span,
                "a `queue` without a `wait`",
                "nobody waits unless `wait` says how long, so the queue would stay empty",
                "`wait = \"50ms\"` beside it, or no `queue`",
            );
        }
        if naming.own_numbers() {
            if given.is_none() && adaptive.is_none() && !bounds_refused && !options.refused() {
                no_limit(span, &naming, errors);
            }
        } else {
            for span in [
                limit.map(|at| at.span),
                adaptive.map(|at| at.span),
                wait.map(|at| at.span),
                queue.map(|at| at.span),
            ]
            .into_iter()
            .flatten()
            {
                numbers_elsewhere("bulkhead", span, errors);
            }
        }
        Self {
            naming,
            limit,
            adaptive: adaptive.map(|at| at.value),
            wait,
            queue,
        }
    }
}

/// Reads `adaptive`, `min` and `max`.
fn adaptive(
    limit: Option<&Expr>,
    options: &mut Options,
    errors: &mut Errors,
) -> Option<At<Bounds>> {
    let flag = options.flag("adaptive");
    let mut bound = |name: &'static str, usage: &'static str| {
        let (key, value) = options.assign(name)?;
        let read = value::count(name, usage, &value, 1..=MOST, errors);
        if flag.is_none() {
            let fixed = read
                .filter(|_| limit.is_none() && name == "max")
                .map_or(10, |at| at.value);
            errors.at(
                key.span(),
                &format!("`{name}` without `adaptive`"),
                "a fixed limit has no bounds, so the option would do nothing",
                &format!(
                    "`bulkhead(adaptive, {usage})`, or a limit alone as in `bulkhead({fixed})`"
                ),
            );
        }
        read
    };
    let (min, max) = (bound("min", "min = 1"), bound("max", "max = 200"));
    let span = flag?;
    if let Some(limit) = limit {
        errors.over(
            limit,
            "this limit is fixed, and `adaptive` is not",
            "nobody could tell which of them holds",
            "`bulkhead(adaptive, max = 200)`, or the limit alone",
        );
    }
    let bounds = Bounds {
        min: min.map_or(BOUNDS.min, |at| at.value),
        max: max.map_or(BOUNDS.max, |at| at.value),
    };
    if bounds.min >= bounds.max {
        errors.at(
            max.or(min).map_or(span, |at| at.span),
            &format!(
                "between {} and {} no limit can follow the service",
                bounds.min, bounds.max
            ),
            "the limit would stay where it is, or the run time would refuse it",
            &format!("a `max` above `min`, or `bulkhead({})`", bounds.min),
        );
    }
    Some(At::new(bounds, span))
}

fn no_limit(span: Span, naming: &Naming, errors: &mut Errors) {
    let at_run_time = "nobody could tell how many calls are too many";
    match &naming.source {
        Source::Named(name) if name.value().trim().parse::<u32>().is_ok() => errors.over(
            name,
            "`bulkhead` has a name and no limit: a string is a name",
            at_run_time,
            &format!("`#[bulkhead({})]`", name.value().trim()),
        ),
        Source::Named(name) => errors.over(
            name,
            "`bulkhead` has a name and no limit",
            at_run_time,
            &format!(
                "`#[bulkhead(\"{}\", 10)]`: at most 10 calls in flight",
                name.value()
            ),
        ),
        _ => errors.at(
            span,
            "`bulkhead` has no limit",
            at_run_time,
            "`#[bulkhead(10)]`: at most 10 calls in flight",
        ),
    }
}

impl Bulkhead {
    /// The settings as a constant expression.
    pub(crate) fn settings(&self, private: &TokenStream) -> TokenStream {
        let mut settings = if let Some(Bounds { min, max }) = self.adaptive {
            quote!(#private::bulkhead::Settings::adaptive(#min, #max))
        } else {
            let limit = self.limit.map_or(1, |at| at.value);
            quote!(#private::bulkhead::Settings::new(#limit))
        };
        if let Some(wait) = self.wait {
            let wait = crate::render::duration(private, wait.value);
            settings.extend(quote!(.wait(#wait)));
        }
        if let Some(At { value, .. }) = self.queue {
            settings.extend(quote!(.queue(#value)));
        }
        settings
    }
}
