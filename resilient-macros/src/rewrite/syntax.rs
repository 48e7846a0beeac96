//! What an expression looks like: which calls drive the futures they are given, what may be a future, where an
//! error about it belongs. Names only; the compiler is asked about types.

use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned as _;
use syn::{Expr, ExprCall};

/// Functions and methods that drive the futures they are given.
pub(super) const DRIVERS: &[&str] = &[
    "spawn",
    "spawn_local",
    "block_on",
    "run_until",
    "run_until_cancelled",
    "timeout",
    "timeout_at",
    "join",
    "try_join",
    "select",
    "unconstrained",
    "scope",
];

/// Methods that everybody calls on what is no future: asking their receivers would cost the compiler time and hide
/// the chain from clippy.
const OF_NO_FUTURE: &[&str] = &[
    // Option, Result
    "unwrap",
    "expect",
    "unwrap_or",
    "unwrap_or_default",
    "ok",
    "err",
    "ok_or",
    "ok_or_else",
    "is_some",
    "is_none",
    "is_ok",
    "is_err",
    "as_ref",
    "as_mut",
    "as_deref",
    "cloned",
    "copied",
    // text, slices, collections
    "as_str",
    "as_bytes",
    "as_slice",
    "to_string",
    "to_owned",
    "to_vec",
    "to_uppercase",
    "to_lowercase",
    "trim",
    "replace",
    "split",
    "chars",
    "bytes",
    "lines",
    "starts_with",
    "ends_with",
    "contains",
    "parse",
    "clone",
    "len",
    "is_empty",
    "get",
    "get_mut",
    "insert",
    "remove",
    "push",
    "push_str",
    "extend",
    "entry",
    "or_default",
    "or_insert",
    "or_insert_with",
    "first",
    "last",
    // iterators
    "iter",
    "iter_mut",
    "into_iter",
    "collect",
    "sum",
    "product",
    "count",
    "min",
    "max",
    "fold",
    "filter",
    "filter_map",
    "flat_map",
    "enumerate",
    "zip",
    "rev",
    "skip",
    "take",
    "any",
    "all",
    "find",
    "position",
    // conversions, and requests that are still being built
    "into",
    "try_into",
    "header",
    "headers",
    "json",
    "body",
    "query",
    "form",
    "bearer_auth",
    "basic_auth",
    "build",
    "send",
];

/// Whether the receiver of this method may be a future.
pub(super) fn takes_futures(method: &str) -> bool {
    !OF_NO_FUTURE.contains(&method)
}

/// Methods that wrap the future they are called on.
pub(super) const WRAPPERS: &[&str] = &[
    "boxed",
    "boxed_local",
    "instrument",
    "in_current_span",
    "with_subscriber",
];

pub(super) fn is_assumed(expr: &Expr) -> bool {
    let Expr::Call(ExprCall { func, .. }) = expr else {
        return false;
    };
    let Expr::Path(path) = &**func else {
        return false;
    };
    matches!(
        crate::stack::last_segment(&path.path).as_str(),
        "assume_idempotent" | "assume_read_only"
    )
}

pub(super) fn is_call(expr: &Expr) -> bool {
    matches!(expr, Expr::Call(_) | Expr::MethodCall(_))
}

/// A driver whose arguments were all asked: the effect of what it returns would be the same error once more.
pub(super) fn asked_already(expr: &Expr) -> bool {
    let Expr::Call(ExprCall { func, args, .. }) = expr else {
        return false;
    };
    let asked = |argument: &Expr| {
        matches!(argument, Expr::Verbatim(_) | Expr::Lit(_)) || asked_already(argument)
    };
    drives(func) && !args.is_empty() && args.iter().all(asked)
}

/// Whether this may be a future of two halves of which only one is a call. Asked only of what is not an ordinary
/// call, since the question is not free; the arguments of `join` and its like are asked themselves.
pub(super) fn may_have_arms(expr: &Expr) -> bool {
    match expr {
        Expr::Call(_) | Expr::Macro(_) => false,
        Expr::MethodCall(call) => {
            matches!(
                call.method.to_string().as_str(),
                "then" | "and_then" | "or_else" | "flatten" | "try_flatten"
            )
        }
        _ => true,
    }
}

/// Calls and variables, except conversions whose type is not known yet.
pub(super) fn is_future_like(expr: &Expr) -> bool {
    match expr {
        Expr::Call(_) => true,
        Expr::MethodCall(call) => !matches!(
            call.method.to_string().as_str(),
            "into" | "collect" | "parse" | "try_into" | "sum" | "product"
        ),
        Expr::Path(path) => path.path.get_ident().is_some_and(|name| {
            name.to_string()
                .starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
                && name != "self"
        }),
        _ => false,
    }
}

/// Whether a called path drives its arguments: one of [`DRIVERS`], `Box::pin`, or a half of `Either`.
pub(super) fn drives(func: &Expr) -> bool {
    let Expr::Path(path) = func else { return false };
    let mut segments = path
        .path
        .segments
        .iter()
        .rev()
        .map(|segment| segment.ident.to_string());
    let last = segments.next().unwrap_or_default();
    DRIVERS.contains(&last.as_str())
        || (last == "pin" && segments.next().is_some_and(|outer| outer == "Box"))
}

/// Where an effect error should point: at the called name, and not at its arguments.
pub(super) fn called(expr: &Expr) -> Span {
    let name = match expr {
        Expr::MethodCall(call) => call.method.span(),
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) => path
                .path
                .segments
                .last()
                .map_or_else(|| expr.span(), |segment| segment.ident.span()),
            func => func.span(),
        },
        Expr::Try(inner) => called(&inner.expr),
        other => other.span(),
    };
    Span::mixed_site().located_at(name)
}

pub(super) fn first_span(expr: &Expr) -> Span {
    expr.to_token_stream()
        .into_iter()
        .next()
        .map_or_else(Span::call_site, |token| token.span())
}
