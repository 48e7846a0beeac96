//! `#[fallback]`: what to answer when the service does not.

use proc_macro2::Span;
use syn::{ExprPath, Ident};

use super::Policy;
use super::clones::clones;
use super::paths::function;
use crate::diagnostics::Errors;
use crate::options::{Form, Options, Spec, spec};

/// Where the answer comes from.
pub(crate) enum Source {
    /// `fallback(default)`.
    Default(Span),
    /// `fallback(path)`.
    Path(ExprPath),
}

pub(crate) struct Fallback {
    pub(crate) span: Span,
    /// None where it could not be read.
    pub(crate) source: Option<Source>,
    /// Also when the service refused for good.
    pub(crate) any: bool,
    /// Arguments, `self` among them, that every use but the last gets a clone of.
    pub(crate) clone: Vec<Ident>,
}

impl Policy for Fallback {
    const OPTIONS: &'static [Spec] = &[
        spec("default", Form::Flag, "default"),
        spec("any", Form::Flag, "any"),
        spec("clone", Form::List, "clone(order)"),
    ];
    const PATHS: bool = true;

    fn parse(span: Span, options: &mut Options, errors: &mut Errors) -> Self {
        let before = errors.len();
        let mut source = options.flag("default").map(Source::Default);
        for expr in options.take_unnamed() {
            if source.is_some() {
                errors.over(
                    &expr,
                    "`fallback` takes one answer",
                    "only one of the two could be returned, and nobody could tell which",
                    "`#[fallback(path)]` or `#[fallback(default)]`",
                );
                continue;
            }
            source = function("fallback", &expr, errors).map(Source::Path);
        }
        if source.is_none() && !options.refused() && errors.len() == before {
            errors.at(
                span,
                "`fallback` does not say what to answer",
                "",
                "`#[fallback(cached_rate)]` with a function of the same arguments, or `#[fallback(default)]`",
            );
        }
        Self {
            span,
            source,
            any: options.flag("any").is_some(),
            clone: clones(options, errors),
        }
    }
}

impl Fallback {
    pub(crate) fn path(&self) -> Option<&ExprPath> {
        match &self.source {
            Some(Source::Path(path)) => Some(path),
            _ => None,
        }
    }
}
