//! The effect check of a body: statements go in, the same statements come out with every awaited
//! expression handed through `__Awaiting(..)` by value.
//!
//! Only the receiver of an await is rewritten; `.await`, `?`, attributes and parentheses stay, so that
//! ordinary mistakes keep the place they have in a plain `async fn`. A body that does not parse is left as it is.

pub(crate) mod instrument;
mod macros;
mod order;
mod syntax;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, ExprAwait, ExprCall, ExprMethodCall, Stmt};

use crate::diagnostics::Errors;
use crate::policy::NAMES;
use crate::policy::effect::Effect;
use crate::target::{Argument, Target};
use syntax::{
    DRIVERS, WRAPPERS, asked_already, called, drives, first_span, is_assumed, is_call,
    is_future_like, may_have_arms, takes_futures,
};

/// What the awaits of one body must prove.
#[derive(Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent questions about one body"
)]
pub(crate) struct Checks {
    /// The function's own effect; none when it declares none.
    pub(crate) own: Option<Effect>,
    /// The body stands in the loop.
    pub(crate) repeated: bool,
    /// Its calls should not repeat themselves.
    pub(crate) once: bool,
    /// Only the last call may be unsafe to repeat.
    pub(crate) not_sent: bool,
    pub(crate) strict: bool,
    /// `allow(effect)`: nothing is checked.
    pub(crate) off: bool,
}

impl Checks {
    /// A non-idempotent function that is not repeated may await anything.
    fn nothing_to_prove(&self) -> bool {
        self.off
            || (self.own == Some(Effect::NonIdempotent)
                && !self.once
                && !self.not_sent
                && !self.strict)
    }
}

/// The rewritten body of a function that has one.
pub(crate) fn target(
    target: &Target,
    checks: &Checks,
    private: &TokenStream,
    errors: &mut Errors,
) -> TokenStream {
    let Some(statements) = target.body.statements() else {
        return TokenStream::new();
    };
    let Ok(mut stmts) = syn::parse::Parser::parse2(Block::parse_within, statements.clone()) else {
        return statements.clone();
    };
    let lent = checks.repeated && instrument::lend(&mut stmts);
    if checks.not_sent {
        order::mark(&mut stmts);
    }
    let mut_refs = target
        .arguments()
        .into_iter()
        .filter(Argument::is_lent_mutably)
        .map(|argument| argument.name)
        .collect();
    let mut rewrite = Rewrite {
        mut_refs,
        checks,
        private,
        errors,
        awaits: false,
    };
    for stmt in &mut stmts {
        rewrite.visit_stmt_mut(stmt);
    }
    if !rewrite.awaits && !lent {
        return statements.clone();
    }
    if !rewrite.awaits {
        return quote!(#(#stmts)*);
    }
    quote! {
        #[allow(unused_imports)]
        use #private::{Awaiting as __Awaiting, Silent as _, SilentArms as _};
        #(#stmts)*
    }
}

struct Rewrite<'a> {
    checks: &'a Checks,
    private: &'a TokenStream,
    /// Arguments of type `&mut T`: handed on they are lent again, and asked for their effect they would be gone.
    mut_refs: Vec<Ident>,
    errors: &'a mut Errors,
    /// Whether anything was rewritten.
    awaits: bool,
}

impl Rewrite<'_> {
    /// `__Awaiting(expr)` with the chain of checks that an await must pass.
    fn awaited(&mut self, expr: &Expr, last: bool) -> Expr {
        let name = called(expr);
        let mut checks = TokenStream::new();
        if self.checks.strict {
            checks.extend(quote_spanned!(name=> .__declared()));
        }
        if self.checks.once {
            checks.extend(quote_spanned!(name=> .__once()));
        }
        if self.checks.not_sent && !last {
            checks.extend(quote_spanned!(name=> .__precedes()));
        }
        self.chain(expr, name, &checks)
    }

    /// The same for an expression that is only handed to something that will drive it.
    fn driven(&mut self, expr: &Expr) -> Expr {
        if asked_already(expr) {
            return expr.clone();
        }
        let name = called(expr);
        let checks = if self.checks.once {
            quote_spanned!(name=> .__once())
        } else {
            TokenStream::new()
        };
        self.chain(expr, name, &checks)
    }

    fn chain(&mut self, expr: &Expr, name: Span, checks: &TokenStream) -> Expr {
        self.awaits = true;
        // One identifier with the user's own span, or the spans of the expression would not join any more.
        let awaiting = Ident::new("__Awaiting", first_span(expr));
        let private = self.private;
        let arms = may_have_arms(expr);
        let own = self.checks.own.map(Effect::name);
        let arms = match &own {
            Some(own) if arms => {
                quote_spanned!(name=> .__first_within::<#private::#own>().__second_within::<#private::#own>())
            }
            None if arms => quote_spanned!(name=> .__first_harmless().__second_harmless()),
            _ => TokenStream::new(),
        };
        let last = if let Some(own) = own {
            quote_spanned!(name=> .__within::<#private::#own>())
        } else {
            quote_spanned!(name=> .__harmless())
        };
        let group = {
            let mut group = proc_macro2::Group::new(
                proc_macro2::Delimiter::Parenthesis,
                expr.to_token_stream(),
            );
            group.set_span(first_span(expr));
            group
        };
        Expr::Verbatim(quote!(#awaiting #group #checks #arms #last))
    }

    /// What is vouched for is left alone; the awaits that make its arguments are not vouched for.
    fn beside_assumed(&mut self, expr: &mut Expr) {
        if let Expr::Call(ExprCall { args, .. }) = expr {
            let mut beside = Beside(self);
            for argument in args {
                beside.visit_expr_mut(argument);
            }
        }
    }

    fn is_lent(&self, argument: &Expr) -> bool {
        matches!(argument, Expr::Path(path) if self.mut_refs.iter().any(|name| path.path.is_ident(name)))
    }

    fn drive_arguments<'e>(&mut self, arguments: impl Iterator<Item = &'e mut Expr>) {
        for argument in arguments {
            if is_future_like(argument) && !self.is_lent(argument) {
                *argument = self.driven(argument);
            }
        }
    }
}

/// Looks for awaits that are over before a future is handed on.
struct Beside<'a, 'b>(&'a mut Rewrite<'b>);

impl VisitMut for Beside<'_, '_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Async(_) | Expr::Closure(_) => {}
            Expr::Await(_) => self.0.visit_expr_mut(expr),
            _ => visit_mut::visit_expr_mut(self, expr),
        }
    }

    fn visit_item_mut(&mut self, _item: &mut syn::Item) {}
}

impl VisitMut for Rewrite<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if is_assumed(expr) {
            return self.beside_assumed(expr);
        }
        visit_mut::visit_expr_mut(self, expr);
        if self.checks.nothing_to_prove() {
            return;
        }
        match expr {
            Expr::Await(ExprAwait { base, attrs, .. }) => {
                let last = order::take_mark(attrs);
                if self.checks.not_sent && order::reads_the_answer(base) {
                    return;
                }
                while let Expr::Paren(paren) = &mut **base {
                    if !paren.attrs.is_empty() {
                        break;
                    }
                    **base = (*paren.expr).clone();
                }
                if self.checks.strict || self.checks.not_sent || !asked_already(base) {
                    **base = self.awaited(base, last);
                }
            }
            Expr::MethodCall(ExprMethodCall {
                receiver,
                method,
                args,
                ..
            }) => {
                let method = method.to_string();
                let wraps = WRAPPERS.contains(&method.as_str());
                if (is_call(receiver) && takes_futures(&method))
                    || (wraps && matches!(**receiver, Expr::Path(_)))
                {
                    **receiver = self.driven(receiver);
                }
                if DRIVERS.contains(&method.as_str()) {
                    self.drive_arguments(args.iter_mut());
                }
            }
            Expr::Call(ExprCall { func, args, .. }) if drives(func) => {
                self.drive_arguments(args.iter_mut());
            }
            Expr::Macro(call) => self.macro_call(&mut call.mac),
            _ => {}
        }
    }

    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        visit_mut::visit_stmt_mut(self, stmt);
        if let Stmt::Macro(call) = stmt {
            if !self.checks.nothing_to_prove() {
                self.macro_call(&mut call.mac);
            }
        }
    }

    fn visit_item_mut(&mut self, item: &mut syn::Item) {
        // Only the body can call a function written in it, and its future is silent: the same checks hold for its
        // awaits, unless it declares an effect of its own. Which call is the last one of a `not_sent` it cannot know.
        if let syn::Item::Fn(function) = item {
            let declares = function
                .attrs
                .iter()
                .any(|attr| NAMES.contains(&crate::stack::last_segment(attr.path()).as_str()));
            if !declares && !self.checks.not_sent {
                visit_mut::visit_block_mut(self, &mut function.block);
            }
        }
    }
}
