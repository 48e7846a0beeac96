//! `#[tracing::instrument]` below a retry: its blocks take the arguments, ours lends them to every attempt.
//!
//! In: statements that may be the output of `instrument`. Out: the same with its `async move` blocks made to borrow;
//! they stand inside our own block, which outlives them. Everything the user wrote stays.

use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprAsync, Local, Pat, Stmt};

/// Whether anything was changed.
pub(crate) fn lend(stmts: &mut [Stmt]) -> bool {
    let mut lend = Lend(false);
    for stmt in stmts {
        lend.visit_stmt_mut(stmt);
    }
    lend.0
}

struct Lend(bool);

impl VisitMut for Lend {
    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        if let Some(block) = future(stmt) {
            self.0 = true;
            lend_block(block);
        } else {
            visit_mut::visit_stmt_mut(self, stmt);
        }
    }

    fn visit_item_mut(&mut self, _item: &mut syn::Item) {}
}

/// The block that holds the user's body, in the statement that makes it.
pub(super) fn future(stmt: &mut Stmt) -> Option<&mut ExprAsync> {
    let Stmt::Local(Local {
        pat: Pat::Ident(name),
        init: Some(init),
        ..
    }) = stmt
    else {
        return None;
    };
    match &mut *init.expr {
        Expr::Async(block) if name.ident == "__tracing_instrument_future" => Some(block),
        _ => None,
    }
}

/// `err` and `ret` put a second block inside the first one and await it at once.
fn lend_block(block: &mut ExprAsync) {
    block.capture = None;
    let inner = match block.block.stmts.first_mut() {
        Some(Stmt::Expr(Expr::Match(inner), _)) => &mut inner.expr,
        Some(Stmt::Local(Local {
            pat: Pat::Ident(name),
            init: Some(init),
            ..
        })) if name.ident == "x" || name.ident == "__match_scrutinee" => &mut init.expr,
        _ => return,
    };
    if let Expr::Await(awaited) = &mut **inner {
        if let Expr::Async(block) = &mut *awaited.base {
            block.capture = None;
        }
    }
}
