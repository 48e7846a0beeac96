//! `#[timeout]`: how long the whole call, and each attempt of it, may take.

use std::time::Duration;

use proc_macro2::Span;
use syn::Expr;

use super::Policy;
use crate::diagnostics::Errors;
use crate::options::{Form, Options, Spec, spec};
use crate::value::{self, At};

pub(crate) struct Timeout {
    pub(crate) span: Span,
    /// `timeout("2s")`: the total, unless there is a retry.
    pub(crate) bare: Option<At<Duration>>,
    pub(crate) total: Option<At<Duration>>,
    pub(crate) attempt: Option<At<Duration>>,
    pub(crate) least: Option<At<Duration>>,
    /// `unknown(to_caller)`: the caller takes the unknown outcome of a write.
    pub(crate) to_caller: Option<Span>,
}

impl Policy for Timeout {
    const OPTIONS: &'static [Spec] = &[
        spec("total", Form::Assign, "total = \"2s\""),
        spec("attempt", Form::Assign, "attempt = \"500ms\""),
        spec("least", Form::Assign, "least = \"100ms\""),
        spec("unknown", Form::List, "unknown(to_caller)"),
    ];

    fn parse(span: Span, options: &mut Options, errors: &mut Errors) -> Self {
        let mut unnamed = options.take_unnamed().into_iter();
        let bare = unnamed
            .next()
            .and_then(|expr| value::duration("timeout", &expr, errors));
        for extra in unnamed {
            errors.over(
                &extra,
                "`timeout` takes one unnamed duration",
                "",
                "`timeout(total = \"2s\", attempt = \"500ms\")`",
            );
        }
        let mut read = |name: &str, options: &mut Options| -> Option<At<Duration>> {
            let (_, expr): (_, Expr) = options.assign(name)?;
            value::duration(name, &expr, errors)
        };
        let (total, attempt, least) = (
            read("total", options),
            read("attempt", options),
            read("least", options),
        );
        let to_caller = options.list("unknown").and_then(|(key, tokens)| {
            if tokens.to_string() == "to_caller" {
                return Some(key.span());
            }
            errors.at(
                key.span(),
                "`unknown` takes `to_caller` alone",
                "",
                "`unknown(to_caller)`",
            );
            None
        });
        Self {
            span,
            bare,
            total,
            attempt,
            least,
            to_caller,
        }
    }
}

impl Timeout {
    /// The limit of the whole call.
    pub(crate) fn whole(&self) -> Option<At<Duration>> {
        self.total.or(self.bare)
    }
}
