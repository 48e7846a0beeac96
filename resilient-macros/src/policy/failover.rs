//! `#[failover]`: the providers to call, in this order, when the first certainly did nothing.

use proc_macro2::Span;
use syn::{ExprPath, Ident};

use super::Policy;
use super::clones::clones;
use super::paths::{function, same};
use crate::diagnostics::Errors;
use crate::options::{Form, Options, Spec, spec};

pub(crate) struct Failover {
    pub(crate) span: Span,
    pub(crate) providers: Vec<ExprPath>,
    /// All of them are doors of one system, which knows one key from another.
    pub(crate) same_system: bool,
    /// Arguments, `self` among them, that every use but the last gets a clone of.
    pub(crate) clone: Vec<Ident>,
}

impl Policy for Failover {
    const OPTIONS: &'static [Spec] = &[
        spec("same_system", Form::Flag, "same_system"),
        spec("clone", Form::List, "clone(order)"),
    ];
    const PATHS: bool = true;

    fn parse(span: Span, options: &mut Options, errors: &mut Errors) -> Self {
        let before = errors.len();
        let mut providers: Vec<ExprPath> = Vec::new();
        for expr in options.take_unnamed() {
            let Some(path) = function("failover", &expr, errors) else {
                continue;
            };
            if providers.iter().any(|other| same(other, &path)) {
                errors.over(
                    &path,
                    "this provider is listed twice",
                    "a provider that has just failed would be called again at once",
                    "each provider once; `#[retry(..)]` on a provider's own function repeats it",
                );
            } else {
                providers.push(path);
            }
        }
        if providers.is_empty() && !options.refused() && errors.len() == before {
            errors.at(
                span,
                "`failover` names no provider",
                "",
                "`#[failover(charge_elsewhere)]` with the `async fn` that calls the next provider",
            );
        }
        Self {
            span,
            providers,
            same_system: options.flag("same_system").is_some(),
            clone: clones(options, errors),
        }
    }
}
