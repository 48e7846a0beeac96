//! Which awaits of a `retry(not_sent)` body can be the last call: marks go onto those awaits.
//!
//! When a later call is not sent, the retry repeats the earlier ones, which may have succeeded. So only
//! a call behind which no other can follow needs no declaration. In doubt a call is not the last.

use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Block, Expr, ExprAwait, Stmt, parse_quote};

use super::instrument;

const MARK: &str = "__last_call";

/// Marks the awaits behind which no other await can run.
pub(super) fn mark(stmts: &mut [Stmt]) {
    mark_stmts(stmts, true);
}

/// Takes the mark off again; whether it was there.
pub(super) fn take_mark(attrs: &mut Vec<Attribute>) -> bool {
    let before = attrs.len();
    attrs.retain(|attr| !attr.path().is_ident(MARK));
    attrs.len() != before
}

/// Awaits that read the rest of an answer that has arrived already: no calls of their own.
pub(super) fn reads_the_answer(expr: &Expr) -> bool {
    let Expr::MethodCall(call) = expr else {
        return false;
    };
    matches!(
        call.method.to_string().as_str(),
        "json" | "text" | "text_with_charset" | "bytes" | "chunk"
    )
}

fn mark_stmts(stmts: &mut [Stmt], last: bool) {
    if mark_instrumented(stmts, last) {
        return;
    }
    let Some(at) = stmts
        .iter()
        .rposition(|stmt| count(|counter| counter.visit_stmt(stmt)) > 0)
    else {
        return;
    };
    for (index, stmt) in stmts.iter_mut().enumerate() {
        let last = last && index == at;
        match stmt {
            Stmt::Local(local) => {
                if let Some(init) = &mut local.init {
                    let diverges = init
                        .diverge
                        .as_ref()
                        .is_some_and(|(_, block)| has_await(block));
                    mark_expr(&mut init.expr, last && !diverges);
                    if let Some((_, block)) = &mut init.diverge {
                        mark_expr(block, last);
                    }
                }
            }
            Stmt::Expr(expr, _) => mark_expr(expr, last),
            Stmt::Item(_) | Stmt::Macro(_) => {}
        }
    }
}

/// `#[tracing::instrument]` puts the body into a future and awaits it, with a span or without: not calls of their own.
fn mark_instrumented(stmts: &mut [Stmt], last: bool) -> bool {
    let mut stmts = stmts.iter_mut();
    let Some(future) = stmts.find_map(instrument::future) else {
        return false;
    };
    mark_block(&mut future.block, last);
    for stmt in stmts {
        MarkAll.visit_stmt_mut(stmt);
    }
    true
}

/// Marks every await.
struct MarkAll;

impl VisitMut for MarkAll {
    fn visit_expr_await_mut(&mut self, node: &mut ExprAwait) {
        node.attrs.push(mark_attribute());
        visit_mut::visit_expr_await_mut(self, node);
    }
}

fn mark_attribute() -> Attribute {
    let name = proc_macro2::Ident::new(MARK, proc_macro2::Span::call_site());
    parse_quote!(#[#name])
}

fn mark_block(block: &mut Block, last: bool) {
    mark_stmts(&mut block.stmts, last);
}

fn mark_expr(expr: &mut Expr, last: bool) {
    match expr {
        Expr::Await(ExprAwait { attrs, base, .. }) => {
            let called = last && !reads_the_answer(base);
            if called {
                attrs.push(mark_attribute());
            }
            match &mut **base {
                // Awaited where it stands, a block is as last as its await.
                Expr::Async(block) => mark_block(&mut block.block, last),
                base => mark_expr(base, last && !called),
            }
        }
        // Control leaves the function, whatever follows in the text.
        Expr::Return(inner) => {
            if let Some(value) = &mut inner.expr {
                mark_expr(value, true);
            }
        }
        Expr::If(inner) => {
            let branches = count(|counter| {
                counter.visit_block(&inner.then_branch);
                if let Some((_, other)) = &inner.else_branch {
                    counter.visit_expr(other);
                }
            });
            mark_expr(&mut inner.cond, last && branches == 0);
            mark_block(&mut inner.then_branch, last);
            if let Some((_, other)) = &mut inner.else_branch {
                mark_expr(other, last);
            }
        }
        Expr::Match(inner) => {
            let arms = inner.arms.iter().any(|arm| has_await(&arm.body));
            mark_expr(&mut inner.expr, last && !arms);
            for arm in &mut inner.arms {
                mark_expr(&mut arm.body, last);
            }
        }
        Expr::Block(inner) => mark_block(&mut inner.block, last),
        Expr::Unsafe(inner) => mark_block(&mut inner.block, last),
        Expr::Try(inner) => mark_expr(&mut inner.expr, last),
        Expr::Paren(inner) => mark_expr(&mut inner.expr, last),
        Expr::Group(inner) => mark_expr(&mut inner.expr, last),
        Expr::Reference(inner) => mark_expr(&mut inner.expr, last),
        Expr::Field(inner) => mark_expr(&mut inner.base, last),
        Expr::Let(inner) => mark_expr(&mut inner.expr, last),
        Expr::Assign(inner) => mark_expr(&mut inner.right, last),
        Expr::Unary(inner) => mark_expr(&mut inner.expr, last),
        Expr::Cast(inner) => mark_expr(&mut inner.expr, last),
        several => mark_several(several, last),
    }
}

fn mark_several(expr: &mut Expr, last: bool) {
    match expr {
        Expr::MethodCall(inner) => {
            mark_row(
                std::iter::once(&mut *inner.receiver).chain(inner.args.iter_mut()),
                last,
            );
        }
        Expr::Call(inner) => mark_row(inner.args.iter_mut(), last),
        Expr::Tuple(inner) => mark_row(inner.elems.iter_mut(), last),
        Expr::Array(inner) => mark_row(inner.elems.iter_mut(), last),
        Expr::Binary(inner) => mark_row([&mut *inner.left, &mut *inner.right].into_iter(), last),
        Expr::Struct(inner) => mark_row(inner.fields.iter_mut().map(|field| &mut field.expr), last),
        // Loops and closures may run again; for anything else we cannot say.
        _ => {}
    }
}

/// Expressions evaluated one after the other: only the last one with an await can be last.
fn mark_row<'a>(row: impl Iterator<Item = &'a mut Expr>, last: bool) {
    let row: Vec<&mut Expr> = row.collect();
    let at = row.iter().rposition(|expr| has_await(expr));
    for (index, expr) in row.into_iter().enumerate() {
        mark_expr(expr, last && Some(index) == at);
    }
}

fn has_await(expr: &Expr) -> bool {
    count(|counter| counter.visit_expr(expr)) > 0
}

fn count(visit: impl FnOnce(&mut Counter)) -> usize {
    let mut counter = Counter(0);
    visit(&mut counter);
    counter.0
}

/// Counts awaits that are calls.
struct Counter(usize);

impl<'ast> Visit<'ast> for Counter {
    fn visit_expr_await(&mut self, node: &'ast ExprAwait) {
        if !reads_the_answer(&node.base) {
            self.0 += 1;
        }
        visit::visit_expr_await(self, node);
    }
    fn visit_item(&mut self, _item: &'ast syn::Item) {}
}
