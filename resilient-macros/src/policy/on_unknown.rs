//! `#[on_unknown]`: how the service is asked what became of a call whose answer was lost, and where that call is remembered.

use std::time::Duration;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Expr, Ident, Path};

use super::Policy;
use super::clones::clones;
use super::common::path;
use crate::diagnostics::Errors;
use crate::options::{Form, Options, Spec, spec, split_at_commas};
use crate::value::{self, At};

#[allow(
    clippy::struct_field_names,
    reason = "a field is called as its option is"
)]
pub(crate) struct OnUnknown {
    pub(crate) span: Span,
    pub(crate) key: Option<Expr>,
    pub(crate) confirm: Option<Path>,
    pub(crate) cancel: Option<Cancel>,
    pub(crate) settles: Option<At<Duration>>,
    pub(crate) journal: Option<Expr>,
    pub(crate) best_effort: bool,
    pub(crate) detach: Option<Span>,
    pub(crate) clone: Vec<Ident>,
}

/// `cancel(path)`, or `cancel(path, fences)`.
pub(crate) struct Cancel {
    pub(crate) span: Span,
    pub(crate) path: Path,
    /// The service refuses the original once it is cancelled.
    pub(crate) fences: bool,
}

impl Policy for OnUnknown {
    const OPTIONS: &'static [Spec] = &[
        spec("key", Form::List, "key(order_id)"),
        spec("confirm", Form::List, "confirm(Self::find_charge)"),
        spec("cancel", Form::List, "cancel(Self::cancel_charge, fences)"),
        spec("settles", Form::Assign, "settles = \"30s\""),
        spec("journal", Form::List, "journal(JOURNAL)"),
        spec("detach", Form::Flag, "detach"),
        spec("clone", Form::List, "clone(body)"),
    ];

    fn parse(span: Span, options: &mut Options, errors: &mut Errors) -> Self {
        for extra in options.take_unnamed() {
            errors.over(
                &extra,
                "`on_unknown` takes no unnamed value",
                "",
                "`#[on_unknown(key(order_id), confirm(Self::find_charge), settles = \"30s\")]`",
            );
        }
        let (journal, best_effort) = journal(options, errors);
        Self {
            span,
            key: key(options, errors),
            confirm: options
                .list("confirm")
                .and_then(|(key, tokens)| path("confirm", &key, tokens, errors)),
            cancel: cancel(options, errors),
            settles: options
                .assign("settles")
                .and_then(|(_, expr)| value::duration("settles", &expr, errors)),
            journal,
            best_effort,
            detach: options.flag("detach"),
            clone: clones(options, errors),
        }
    }
}

fn key(options: &mut Options, errors: &mut Errors) -> Option<Expr> {
    let (key, tokens) = options.list("key")?;
    if tokens.is_empty() {
        errors.at(
            key.span(),
            "`key` has no expression",
            "",
            "`key(order_id)`, an expression over the arguments",
        );
        return None;
    }
    let expr = syn::parse2::<Expr>(tokens.clone()).ok();
    if expr.is_none() {
        errors.over(
            tokens,
            "`key` is not an expression",
            "",
            "`key(order_id)`, or for several `key(format!(\"{shop}-{order_id}\"))`",
        );
    }
    expr
}

fn cancel(options: &mut Options, errors: &mut Errors) -> Option<Cancel> {
    let (key, tokens) = options.list("cancel")?;
    let mut parts = split_at_commas(tokens).into_iter();
    let path = path("cancel", &key, parts.next().unwrap_or_default(), errors)?;
    let mut fences = false;
    for part in parts {
        if part.to_string() == "fences" && !fences {
            fences = true;
        } else {
            errors.over(
                part,
                "`cancel` takes a path, and `fences` behind it",
                "",
                "`cancel(Self::cancel_charge, fences)` if the service refuses the original once it is cancelled, else the path alone",
            );
        }
    }
    Some(Cancel {
        span: key.span(),
        path,
        fences,
    })
}

fn journal(options: &mut Options, errors: &mut Errors) -> (Option<Expr>, bool) {
    let Some((key, tokens)) = options.list("journal") else {
        return (None, false);
    };
    let (mut journal, mut best_effort) = (None, false);
    let parts = split_at_commas(tokens);
    if parts.is_empty() {
        errors.at(
            key.span(),
            "`journal` names no journal",
            "",
            "`journal(JOURNAL)`, a `static` or a field; or no `journal`, for the one in memory",
        );
    }
    for part in parts {
        if part.to_string() == "best_effort" && !best_effort {
            best_effort = true;
            continue;
        }
        match syn::parse2::<Expr>(part.clone()) {
            Ok(expr @ (Expr::Path(_) | Expr::Field(_))) if journal.is_none() => {
                journal = Some(expr);
            }
            _ => errors.over(
                part,
                "`journal` takes a journal and `best_effort`, each once",
                "",
                "`journal(JOURNAL)`, `journal(self.journal)` or `journal(best_effort)`",
            ),
        }
    }
    (journal, best_effort)
}

impl OnUnknown {
    /// The settings as a constant expression.
    pub(crate) fn settings(&self, unknown: &TokenStream, private: &TokenStream) -> TokenStream {
        let mut settings = quote!(#unknown::Settings::new());
        if self.confirm.is_some() {
            settings.extend(quote!(.confirms()));
        }
        if let Some(Cancel { fences, .. }) = &self.cancel {
            settings.extend(quote!(.cancels(#fences)));
        }
        if let Some(settles) = self.settles {
            let settles = crate::render::duration(private, settles.value);
            settings.extend(quote!(.settles(#settles)));
        }
        if self.best_effort {
            settings.extend(quote!(.best_effort()));
        }
        settings
    }
}
