//! What the body visibly does: a POST that the service cannot tell from its repetition.

use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprAwait, ExprMethodCall, Ident, Lit};

use super::{Errors, Stack, Target};
use crate::policy::effect::Effect;
use crate::policy::retry::Reason;

/// A `.post(..)` or `.patch(..)` chain without an idempotency key inside a retry that repeats unknown outcomes.
pub(super) fn post_without_idempotency_key(stack: &Stack, target: &Target, errors: &mut Errors) {
    let retry = stack.policies.retry.as_ref();
    if retry.is_none() && stack.policies.hedge.is_none() {
        return;
    }
    let reason = retry.and_then(|retry| retry.reason.as_ref());
    let repeats = match reason.map(|at| &at.value) {
        Some(Reason::Effect(effect)) => *effect == Effect::Idempotent,
        Some(Reason::Key(_)) => true,
        Some(Reason::NotSent) => false,
        None => stack
            .effect
            .is_some_and(|at| at.value == Effect::Idempotent),
    };
    if !repeats || stack.common.allows("post") {
        return;
    }
    let Some(statements) = target.body.statements() else {
        return;
    };
    let Ok(stmts) = syn::parse::Parser::parse2(Block::parse_within, statements.clone()) else {
        return;
    };
    let mut posts = Posts(Vec::new());
    for stmt in &stmts {
        posts.visit_stmt(stmt);
    }
    for method in posts.0 {
        let what = match method.to_string().as_str() {
            "request" => "a write without an `Idempotency-Key` is repeated".to_owned(),
            word => format!(
                "a `{}` without an `Idempotency-Key` is repeated",
                word.to_uppercase()
            ),
        };
        errors.over(
            &method,
            &what,
            "the service cannot tell the repetition from a second order, and carries out both",
            "`.header(\"Idempotency-Key\", key)` in the chain, or `retry(not_sent)`;\n`allow(post)` if this request only reads, or the service deduplicates by something else",
        );
    }
}

struct Posts(Vec<Ident>);

impl<'ast> Visit<'ast> for Posts {
    fn visit_expr_await(&mut self, node: &'ast ExprAwait) {
        if let Expr::MethodCall(send) = &*node.base {
            if send.method == "send" && send.args.is_empty() {
                if let Some(method) = unkeyed_write(&send.receiver) {
                    self.0.push(method);
                }
            }
        }
        visit::visit_expr_await(self, node);
    }
    fn visit_item(&mut self, _item: &'ast syn::Item) {}
}

/// The `post` or `patch` at the head of a chain that sets no key.
fn unkeyed_write(mut expr: &Expr) -> Option<Ident> {
    while let Expr::MethodCall(ExprMethodCall {
        receiver,
        method,
        args,
        ..
    }) = expr
    {
        match method.to_string().as_str() {
            "header" if args.first().is_some_and(is_idempotency_key) => return None,
            // Headers from elsewhere may hold the key: nothing can be proved.
            "headers" => return None,
            "post" | "patch" => return Some(method.clone()),
            "request" if args.first().is_some_and(is_post) => return Some(method.clone()),
            _ => expr = receiver,
        }
    }
    None
}

/// `Method::POST` and `Method::PATCH`.
fn is_post(method: &Expr) -> bool {
    matches!(method, Expr::Path(path) if matches!(crate::stack::last_segment(&path.path).as_str(), "POST" | "PATCH"))
}

/// `"Idempotency-Key"` in any case, or a constant or variable, which may be it.
fn is_idempotency_key(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(lit) => match &lit.lit {
            Lit::Str(name) => {
                let name = name.value().to_ascii_lowercase();
                name.contains("idempotency-key")
                    || name.contains("idempotency_key")
                    || name.contains("request-id")
            }
            _ => false,
        },
        Expr::Path(path) => {
            let name = crate::stack::last_segment(&path.path).to_ascii_uppercase();
            name.contains("IDEMPOTENCY") || name.contains("KEY")
        }
        _ => false,
    }
}
