//! Whether a body can run a second time: what it consumes, what it changes.

use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Expr, GenericParam, Ident, Type, TypeParamBound, WherePredicate};

use super::{Errors, Stack, Target};
use crate::policy::retry::Retry;
use crate::target::{Argument, Body, reference};

fn retried(stack: &Stack) -> Option<&Retry> {
    stack.policies.retry.as_ref()
}

pub(super) fn cloned_name_is_no_argument(stack: &Stack, target: &Target, errors: &mut Errors) {
    let Some(retry) = retried(stack) else { return };
    let arguments = target.arguments();
    for name in &retry.clone {
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
    let Some(retry) = retried(stack) else { return };
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
        if mutability.is_some() && !retry.clones(&name.to_string()) {
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
        if receiver.mutability.is_some() && reference(receiver).is_none() && !retry.clones("self") {
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
    let Some(retry) = retried(stack) else { return };
    let Some(statements) = target.body.statements() else {
        return;
    };
    let Ok(stmts) = syn::parse::Parser::parse2(syn::Block::parse_within, statements.clone()) else {
        return;
    };
    let mut gone: Vec<Ident> = Vec::new();
    for Argument {
        name, ty, plain, ..
    } in target.arguments()
    {
        if plain && never_copy(&ty, target) && !retry.clones(&name.to_string()) {
            let mut moves = Moves {
                name: &name.to_string(),
                found: false,
                captured: false,
            };
            for stmt in &stmts {
                moves.visit_stmt(stmt);
            }
            if moves.found {
                gone.push(name);
            }
        }
    }
    for name in gone {
        errors.over(
            &name,
            &format!("the body gives `{name}` away, so it cannot run a second time"),
            "there would be nothing left to send with the second attempt",
            &format!("`clone({name})` in `retry(..)`, or take it by reference"),
        );
    }
    let by_value = target
        .receiver()
        .filter(|receiver| reference(receiver).is_none());
    if let Some(receiver) =
        by_value.filter(|_| !retry.clones("self") && !matches!(target.body, Body::Boxed(_)))
    {
        let mut moves = Moves {
            name: "self",
            found: false,
            captured: false,
        };
        for stmt in &stmts {
            moves.visit_stmt(stmt);
        }
        if moves.found {
            errors.over(
                receiver,
                "the body gives `self` away, so it cannot run a second time",
                "there would be nothing left to call with the second attempt",
                "`clone(self)` in `retry(..)`, or take `&self`",
            );
        }
    }
}

/// Types of the standard library that nobody would take for their namesakes.
const OWNED: &[&str] = &[
    "String", "Vec", "Box", "PathBuf", "HashMap", "BTreeMap", "HashSet", "BTreeSet", "VecDeque",
];

/// Types that are certainly not `Copy`; everything else may be.
fn never_copy(ty: &Type, target: &Target) -> bool {
    match ty {
        Type::ImplTrait(ty) => !ty.bounds.iter().any(is_copy),
        Type::Path(path) if path.qself.is_none() => {
            let Some(segment) = path.path.segments.last() else {
                return false;
            };
            let name = segment.ident.to_string();
            OWNED.contains(&name.as_str())
                || (path.path.get_ident().is_some() && is_generic_without_copy(&name, target))
        }
        _ => false,
    }
}

fn is_copy(bound: &TypeParamBound) -> bool {
    matches!(bound, TypeParamBound::Trait(bound) if bound.path.segments.last().is_some_and(|segment| segment.ident == "Copy"))
}

fn is_generic_without_copy(name: &str, target: &Target) -> bool {
    let generics = &target.sig.generics;
    let declared = generics.params.iter().any(|param| match param {
        GenericParam::Type(param) => param.ident == name && !param.bounds.iter().any(is_copy),
        _ => false,
    });
    let copied = generics
        .where_clause
        .iter()
        .flat_map(|clause| &clause.predicates)
        .any(|predicate| match predicate {
            WherePredicate::Type(predicate) => {
                predicate.bounded_ty.to_token_stream().to_string() == name
                    && predicate.bounds.iter().any(is_copy)
            }
            _ => false,
        });
    // Other bounds may imply `Copy` (`T: Pod`), so only an unbounded or well-known one is certain.
    declared && !copied && generics.params.iter().any(|param| matches!(param, GenericParam::Type(param) if param.ident == name && param.bounds.is_empty()))
}

/// Looks for a bare mention of one name where the value moves.
struct Moves<'a> {
    name: &'a str,
    found: bool,
    /// Inside a `move` closure or block every mention moves.
    captured: bool,
}

impl Moves<'_> {
    fn is_it(&self, expr: &Expr) -> bool {
        matches!(expr, Expr::Path(path) if path.path.is_ident(self.name))
    }

    fn moved(&mut self, expr: &Expr) {
        self.found |= self.is_it(expr);
    }
}

impl<'ast> Visit<'ast> for Moves<'_> {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Call(call) => call.args.iter().for_each(|arg| self.moved(arg)),
            Expr::MethodCall(call) => {
                call.args.iter().for_each(|arg| self.moved(arg));
                if call.method.to_string().starts_with("into") {
                    self.moved(&call.receiver);
                }
            }
            Expr::Struct(value) => value
                .fields
                .iter()
                .for_each(|field| self.moved(&field.expr)),
            Expr::Tuple(value) => value.elems.iter().for_each(|elem| self.moved(elem)),
            Expr::Array(value) => value.elems.iter().for_each(|elem| self.moved(elem)),
            Expr::Path(_) if self.captured => self.moved(expr),
            _ => {}
        }
        let captures = match expr {
            Expr::Closure(closure) => closure.capture.is_some(),
            Expr::Async(block) => block.capture.is_some(),
            _ => false,
        };
        let outer = self.captured;
        self.captured |= captures;
        visit::visit_expr(self, expr);
        self.captured = outer;
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        // `#[tracing::instrument]`'s block is made to borrow.
        let instrumented = matches!(&local.pat, syn::Pat::Ident(pat) if pat.ident == "__tracing_instrument_future");
        match &local.init {
            Some(init) if instrumented => {
                if let Expr::Async(block) = &*init.expr {
                    self.visit_block(&block.block);
                }
            }
            Some(init) => {
                if !matches!(local.pat, syn::Pat::Wild(_)) {
                    self.moved(&init.expr);
                }
                visit::visit_local(self, local);
            }
            None => {}
        }
    }

    fn visit_item(&mut self, _item: &'ast syn::Item) {}
}
