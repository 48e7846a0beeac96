//! Whether a body can run a second time: what it consumes, what it changes.

use std::fmt::Display;

use quote::ToTokens;
use syn::Ident;
use syn::visit::{self, Visit};

use super::moves::{gives_away, never_copy};
use super::{Errors, Stack, Target};
use crate::render::shown;
use crate::target::{Argument, Body, reference};

/// Who uses the arguments after the body; none when nobody does.
enum Next {
    Attempt,
    Other(String),
}

impl Next {
    fn of(stack: &Stack) -> Option<Self> {
        if stack.policies.retry.is_some() || stack.policies.hedge.is_some() {
            return Some(Self::Attempt);
        }
        stack.others().next().map(|path| Self::Other(shown(path)))
    }

    fn changed(&self, name: &dyn Display) -> String {
        match self {
            Self::Attempt => format!("`mut {name}` in a function that is repeated"),
            Self::Other(path) => {
                format!("`mut {name}` in a function whose arguments go on to `{path}`")
            }
        }
    }

    fn starts_from(&self) -> String {
        match self {
            Self::Attempt => {
                "the second attempt would start from what the first one left".to_owned()
            }
            Self::Other(path) => format!("`{path}` would be called with what the body left"),
        }
    }

    fn given_away(&self, name: &dyn Display) -> String {
        match self {
            Self::Attempt => {
                format!("the body gives `{name}` away, so it cannot run a second time")
            }
            Self::Other(path) => format!("the body gives `{name}` away, and `{path}` takes it too"),
        }
    }

    fn nothing_left(&self, word: &str) -> String {
        match self {
            Self::Attempt => {
                format!("there would be nothing left to {word} with the second attempt")
            }
            Self::Other(path) => format!("there would be nothing left to call `{path}` with"),
        }
    }
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
                    &format!("`{}(..)` without it", stack.cloner()),
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
    let Some(next) = Next::of(stack) else {
        return;
    };
    let text = |name: &str, errors: &mut Errors, tokens: &dyn ToTokens| {
        errors.over(
            tokens.to_token_stream(),
            &next.changed(&name),
            &next.starts_from(),
            &format!("`clone({name})` in `{}(..)`, which gives every attempt its own, or a `let mut` in the body", stack.cloner()),
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
                    &next.changed(&name),
                    &next.starts_from(),
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
    let Some(next) = Next::of(stack) else {
        return;
    };
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
                &next.given_away(&name),
                &next.nothing_left("send"),
                &format!(
                    "`clone({name})` in `{}(..)`, or take it by reference",
                    stack.cloner()
                ),
            );
        }
    }
    let by_value = target
        .receiver()
        .filter(|receiver| reference(receiver).is_none());
    let lent = !stack.clones("self") && !matches!(target.body, Body::Boxed(_));
    if let Some(receiver) = by_value.filter(|_| lent && gives_away(&stmts, "self")) {
        errors.over(
            receiver,
            &next.given_away(&"self"),
            &next.nothing_left("call"),
            &format!("`clone(self)` in `{}(..)`, which costs nothing where `self` is `Copy`, or take `&self`", stack.cloner()),
        );
    }
}
