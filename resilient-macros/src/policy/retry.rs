//! `#[retry]`: what may be repeated, how often, how far apart, and paid from which budget.

mod backoff;
mod budget;

use std::time::Duration;

use proc_macro2::Span;
use syn::{Expr, Ident, Path};

use super::Policy;
use super::clones::clones;
use super::common::path;
use super::effect::Effect;
use crate::diagnostics::Errors;
use crate::options::{Form, Options, Spec, spec};
use crate::value::{self, At};
pub(crate) use backoff::{BASE, Backoff, Growth, MAX};
pub(crate) use budget::{Budget, read as read_budget};

/// Why repeating is safe, in the words of the attribute.
#[derive(Clone)]
pub(crate) enum Reason {
    /// `read_only` or `idempotent`.
    Effect(Effect),
    /// `idempotency_key(expr)`, or without an argument a key made for this call.
    Key(Option<Expr>),
    /// `not_sent`.
    NotSent,
}

#[allow(
    clippy::struct_field_names,
    reason = "a field is called as its option is: `before_retry`"
)]
pub(crate) struct Retry {
    pub(crate) span: Span,
    pub(crate) reason: Option<At<Reason>>,
    pub(crate) attempts: Option<At<u32>>,
    pub(crate) backoff: Option<Backoff>,
    pub(crate) jitter: bool,
    pub(crate) budget: Option<Budget>,
    pub(crate) when: Option<Path>,
    pub(crate) before_retry: Option<Path>,
    /// Arguments, `self` among them, that every attempt gets a clone of.
    pub(crate) clone: Vec<Ident>,
    pub(crate) max_server_delay: Option<At<Duration>>,
}

/// Attempts in all: the first call and two retries, as in Resilience4j, the AWS SDKs and Failsafe.
pub(crate) const ATTEMPTS: u32 = 3;
impl Policy for Retry {
    const OPTIONS: &'static [Spec] = &[
        spec("read_only", Form::Flag, "read_only"),
        spec("idempotent", Form::Flag, "idempotent"),
        spec(
            "idempotency_key",
            Form::FlagOrList,
            "idempotency_key(order_id)",
        ),
        spec("not_sent", Form::Flag, "not_sent"),
        spec("attempts", Form::Assign, "attempts = 3"),
        spec(
            "backoff",
            Form::List,
            "backoff(\"100ms\", factor = 2, max = \"2s\")",
        ),
        spec("jitter", Form::List, "jitter(full)"),
        spec("budget", Form::List, "budget(\"payments\")"),
        spec("when", Form::List, "when(PayError::is_retryable)"),
        spec("before_retry", Form::List, "before_retry(refresh_token)"),
        spec("clone", Form::List, "clone(body)"),
        spec(
            "max_server_delay",
            Form::Assign,
            "max_server_delay = \"30s\"",
        ),
    ];

    fn parse(span: Span, options: &mut Options, errors: &mut Errors) -> Self {
        for extra in options.take_unnamed() {
            errors.over(
                &extra,
                "`retry` takes no unnamed value",
                "",
                "`#[retry(idempotent, attempts = 3)]`",
            );
        }
        Self {
            span,
            reason: reason(options, errors),
            attempts: options
                .assign("attempts")
                .and_then(|(_, expr)| attempts(&expr, errors)),
            backoff: options
                .list("backoff")
                .map(|(key, tokens)| backoff::read(&key, tokens, errors)),
            jitter: jitter(options, errors),
            budget: options
                .list("budget")
                .map(|(key, tokens)| budget::read(&key, tokens, errors)),
            when: options
                .list("when")
                .and_then(|(key, tokens)| path("when", &key, tokens, errors)),
            before_retry: options
                .list("before_retry")
                .and_then(|(key, tokens)| path("before_retry", &key, tokens, errors)),
            clone: clones(options, errors),
            max_server_delay: options
                .assign("max_server_delay")
                .and_then(|(_, expr)| value::duration("max_server_delay", &expr, errors)),
        }
    }
}

impl Retry {
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts.map_or(ATTEMPTS, |attempts| attempts.value)
    }

    /// What all backoffs of one call come to where jitter takes nothing away from them.
    pub(crate) fn longest_backoffs(&self) -> Duration {
        // Many attempts are a rule's concern.
        let pauses = self.attempts().min(100).saturating_sub(1);
        let backoff = self.backoff.as_ref();
        backoff::delays(backoff)
            .take(pauses as usize)
            .fold(Duration::ZERO, Duration::saturating_add)
    }

    pub(crate) fn not_sent(&self) -> bool {
        matches!(
            &self.reason,
            Some(At {
                value: Reason::NotSent,
                ..
            })
        )
    }
}

fn reason(options: &mut Options, errors: &mut Errors) -> Option<At<Reason>> {
    let mut found: Vec<At<Reason>> = Vec::new();
    for (word, reason) in [
        ("read_only", Reason::Effect(Effect::ReadOnly)),
        ("idempotent", Reason::Effect(Effect::Idempotent)),
        ("not_sent", Reason::NotSent),
    ] {
        if let Some(span) = options.flag(word) {
            found.push(At::new(reason, span));
        }
    }
    if let Some(opt) = options.take("idempotency_key") {
        let key = match opt.value {
            crate::options::Value::List(tokens) if tokens.is_empty() => Some(None),
            crate::options::Value::List(tokens) => match syn::parse2::<Expr>(tokens) {
                Ok(expr) => Some(Some(expr)),
                Err(error) => {
                    errors.syntax(error);
                    None
                }
            },
            _ => Some(None),
        };
        found.push(At::new(Reason::Key(key.flatten()), opt.key.span()));
    }
    let mut found = found.into_iter();
    let first = found.next();
    for second in found {
        errors.at(
            second.span,
            "`retry` gives two reasons why repeating is safe",
            "they allow different repeats, and nobody could tell which holds",
            "one of `read_only`, `idempotent`, `idempotency_key(..)` and `not_sent`",
        );
    }
    first
}

fn attempts(expr: &Expr, errors: &mut Errors) -> Option<At<u32>> {
    if let Some(syn::Lit::Int(int)) = value::literal(expr) {
        if int.base10_digits() == "1" {
            errors.over(
                expr,
                "`attempts = 1` is no retry: it counts all attempts, the first one included",
                "the function would be called once, and readers would believe that it is repeated",
                "`attempts = 2` for one retry, or no `#[retry]` at all",
            );
            return None;
        }
    }
    value::count("attempts", "attempts = 3", expr, 2..=u32::MAX, errors)
}

fn jitter(options: &mut Options, errors: &mut Errors) -> bool {
    let Some((key, tokens)) = options.list("jitter") else {
        return true;
    };
    match tokens.to_string().as_str() {
        "full" => true,
        "none" => false,
        _ => {
            let span = tokens
                .into_iter()
                .next()
                .map_or(key.span(), |token| token.span());
            errors.at(
                span,
                "there is no such jitter",
                "",
                "`jitter(full)`, the default, or `jitter(none)`",
            );
            true
        }
    }
}
