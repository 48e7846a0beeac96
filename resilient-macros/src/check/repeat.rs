//! Whether a body can run a second time: what it consumes, what it changes.

use quote::ToTokens;
use syn::Ident;
use syn::visit::{self, Visit};

use super::moves::{gives_away, never_copy};
use super::{Errors, Stack, Target};
use crate::target::{Argument, Body, reference};

/// Whether the body may run more than once.
fn is_repeated(stack: &Stack) -> bool {
    stack.policies.retry.is_some()
}

pub(super) fn cloned_name_is_no_argument(stack: &Stack, target: &Target, errors: &mut Errors) {
    let arguments = target.arguments();
    for name in stack.cloned() {
        if name == "self" {
            if target
                .receiver()
                .is_none_or(|receiver| reference(receiver).is_some())
            {
                errors.over(
                    name,
                    "`clone(self)`, but `self` is not taken by value",
                    "every attempt can use it as it is",
                    "`retry(..)` without it",
                );
            }
        } else if !arguments
            .iter()
            .any(|argument| argument.plain && argument.name == *name)
        {
            let names: Vec<String> = arguments
                .iter()
                .filter(|a| a.plain)
                .map(|a| a.name.to_string())
                .collect();
            let hint = match names.as_slice() {
                [] => {
                    "no `clone(..)`: the function has no argument that could be cloned".to_owned()
                }
                [only] => format!("`clone({only})`"),
                _ => format!("one of `{}`", names.join("`, `")),
            };
            errors.over(
                name,
                &format!("`{name}` is no argument of this function"),
                "",
                &hint,
            );
        }
    }
}

/// Attempt 2 would see what attempt 1 left.
pub(super) fn mut_argument(stack: &Stack, target: &Target, errors: &mut Errors) {
    if !is_repeated(stack) {
        return;
    }
    let text = |name: &str, errors: &mut Errors, tokens: &dyn ToTokens| {
        errors.over(
            tokens.to_token_stream(),
            &format!("`mut {name}` in a function that is repeated"),
            "the second attempt would start from what the first one left",
            &format!("`clone({name})` in `retry(..)`, which gives every attempt its own, or a `let mut` in the body"),
        );
    };
    for Argument {
        name,
        mutability,
        pat,
        plain,
        ..
    } in target.arguments()
    {
        if mutability.is_some() && !stack.clones(&name.to_string()) {
            text(&name.to_string(), errors, &name);
        }
        if !plain {
            let mut bindings = MutBindings(Vec::new());
            bindings.visit_pat(&pat);
            for name in bindings.0 {
                errors.over(
                    &name,
                    &format!("`mut {name}` in a function that is repeated"),
                    "the second attempt would start from what the first one left",
                    &format!("`let mut {name} = {name};` in the body"),
                );
            }
        }
    }
    if let Some(receiver) = target.receiver() {
        if target.mut_self().is_some() && reference(receiver).is_none() && !stack.clones("self") {
            text("self", errors, &receiver.self_token);
        }
    }
}

/// The `mut` names that a pattern binds.
struct MutBindings(Vec<Ident>);

impl<'ast> Visit<'ast> for MutBindings {
    fn visit_pat_ident(&mut self, pat: &'ast syn::PatIdent) {
        if pat.mutability.is_some() {
            self.0.push(pat.ident.clone());
        }
        visit::visit_pat_ident(self, pat);
    }
}

/// An argument that the body gives away is gone at the second attempt.
pub(super) fn consumed_argument(stack: &Stack, target: &Target, errors: &mut Errors) {
    if !is_repeated(stack) {
        return;
    }
    let Some(statements) = target.body.statements() else {
        return;
    };
    let Ok(mut stmts) = syn::parse::Parser::parse2(syn::Block::parse_within, statements.clone())
    else {
        return;
    };
    crate::rewrite::instrument::lend(&mut stmts);
    for Argument {
        name, ty, plain, ..
    } in target.arguments()
    {
        let word = name.to_string();
        if plain && never_copy(&ty, target) && !stack.clones(&word) && gives_away(&stmts, &word) {
            errors.over(
                &name,
                &format!("the body gives `{name}` away, so it cannot run a second time"),
                "there would be nothing left to send with the second attempt",
                &format!("`clone({name})` in `retry(..)`, or take it by reference"),
            );
        }
    }
    let by_value = target
        .receiver()
        .filter(|receiver| reference(receiver).is_none());
    let repeated = !stack.clones("self") && !matches!(target.body, Body::Boxed(_));
    if let Some(receiver) = by_value.filter(|_| repeated && gives_away(&stmts, "self")) {
        errors.over(
            receiver,
            "the body gives `self` away, so it cannot run a second time",
            "there would be nothing left to call with the second attempt",
            "`clone(self)` in `retry(..)`, which costs nothing where `self` is `Copy`, or take `&self`",
        );
    }
}
