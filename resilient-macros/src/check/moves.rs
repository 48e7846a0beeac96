//! Whether a body certainly gives a value away: its statements and a name go in, yes or "cannot say" comes out.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Expr, GenericParam, Pat, Stmt, Token, Type, TypeParamBound, WherePredicate};

use crate::target::Target;

/// Types of the standard library that nobody would take for their namesakes.
const OWNED: &[&str] = &[
    "String", "Vec", "Box", "Arc", "Rc", "PathBuf", "OsString", "HashMap", "BTreeMap", "HashSet",
    "BTreeSet", "VecDeque",
];

/// Traits that do not make their types `Copy`. Of any other nobody here can tell (`T: Pod`).
const PLAIN: &[&str] = &[
    "Into",
    "TryInto",
    "AsRef",
    "ToString",
    "Display",
    "Debug",
    "Error",
    "Clone",
    "Send",
    "Sync",
    "Unpin",
    "Fn",
    "FnMut",
    "FnOnce",
    "Future",
    "IntoFuture",
    "Stream",
    "Iterator",
    "IntoIterator",
    "Read",
    "Write",
    "AsyncRead",
    "AsyncWrite",
    "Serialize",
];

/// Types that are certainly not `Copy`; everything else may be.
pub(super) fn never_copy(ty: &Type, target: &Target) -> bool {
    match ty {
        Type::ImplTrait(ty) => are_plain(&ty.bounds),
        Type::Path(path) if path.qself.is_none() => {
            let name = crate::stack::last_segment(&path.path);
            let generic = || path.path.get_ident().is_some() && is_plain_generic(&name, target);
            OWNED.contains(&name.as_str()) || generic()
        }
        _ => false,
    }
}

fn are_plain(bounds: &Punctuated<TypeParamBound, Token![+]>) -> bool {
    bounds.iter().all(|bound| match bound {
        TypeParamBound::Trait(bound) => {
            PLAIN.contains(&crate::stack::last_segment(&bound.path).as_str())
        }
        TypeParamBound::Lifetime(_) => true,
        _ => false,
    })
}

/// A generic parameter of this name whose bounds, also those in the `where` clause, are all plain.
fn is_plain_generic(name: &str, target: &Target) -> bool {
    let generics = &target.sig.generics;
    let declared = generics.params.iter().any(|param| match param {
        GenericParam::Type(param) => param.ident == name && are_plain(&param.bounds),
        _ => false,
    });
    let predicates = generics
        .where_clause
        .iter()
        .flat_map(|clause| &clause.predicates);
    declared
        && predicates.into_iter().all(|predicate| match predicate {
            WherePredicate::Type(predicate) => {
                predicate.bounded_ty.to_token_stream().to_string() != name
                    || are_plain(&predicate.bounds)
            }
            _ => true,
        })
}

/// Macros that evaluate their arguments once, whatever their syntax is.
const EVALUATING: &[&str] = &[
    "format", "print", "println", "eprint", "eprintln", "write", "writeln", "vec", "json", "dbg",
];

/// Whether `name.into()` or a relative of it is among the tokens: clients build their routes and bodies so.
fn converts(tokens: TokenStream, name: &str) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is = |token: &TokenTree, mark| matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark);
    let conversion = |at: usize| {
        let before = |back: usize, mark| at >= back && is(&tokens[at - back], mark);
        let part_of_another = before(1, '.') || (before(1, ':') && before(2, ':'));
        let dot = tokens.get(at + 1).is_some_and(|token| is(token, '.'));
        let method = tokens.get(at + 2).is_some_and(
            |token| matches!(token, TokenTree::Ident(word) if word.to_string().starts_with("into")),
        );
        dot && method && !part_of_another
    };
    // A closure may bind the name anew.
    let closure = tokens.iter().any(|token| is(token, '|'));
    !closure
        && tokens.iter().enumerate().any(|(at, token)| match token {
            TokenTree::Ident(word) => word == name && conversion(at),
            TokenTree::Group(group) => converts(group.stream(), name),
            _ => false,
        })
}

/// Whether the statements certainly move what this name stands for.
pub(super) fn gives_away(stmts: &[Stmt], name: &str) -> bool {
    let mut moves = Moves {
        name,
        found: false,
        captured: false,
        bound_anew: false,
    };
    for stmt in stmts {
        moves.visit_stmt(stmt);
    }
    moves.found
}

/// Looks for a bare mention of one name where the value moves.
struct Moves<'a> {
    name: &'a str,
    found: bool,
    /// Inside a `move` closure or block every mention moves.
    captured: bool,
    /// A pattern bound the name again: from here on nobody can tell whose it is.
    bound_anew: bool,
}

impl Moves<'_> {
    fn moved(&mut self, expr: &Expr) {
        self.found |=
            !self.bound_anew && matches!(expr, Expr::Path(path) if path.path.is_ident(self.name));
    }

    fn all_moved<'e>(&mut self, exprs: impl IntoIterator<Item = &'e Expr>) {
        for expr in exprs {
            self.moved(expr);
        }
    }

    /// What this expression does with the values right under it.
    fn look(&mut self, expr: &Expr) {
        match expr {
            Expr::Call(call) => self.all_moved(&call.args),
            Expr::MethodCall(call) => {
                self.all_moved(&call.args);
                if call.method.to_string().starts_with("into") {
                    self.moved(&call.receiver);
                }
            }
            Expr::Struct(value) => self.all_moved(value.fields.iter().map(|field| &field.expr)),
            Expr::Tuple(value) => self.all_moved(&value.elems),
            Expr::Array(value) => self.all_moved(&value.elems),
            Expr::Assign(assign) => self.moved(&assign.right),
            Expr::Await(awaited) => self.moved(&awaited.base),
            Expr::ForLoop(looped) => self.moved(&looped.expr),
            Expr::Return(returned) => self.all_moved(returned.expr.as_deref()),
            Expr::Break(broken) => self.all_moved(broken.expr.as_deref()),
            Expr::Path(_) if self.captured => self.moved(expr),
            _ => {}
        }
    }
}

impl<'ast> Visit<'ast> for Moves<'_> {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        self.look(expr);
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

    fn visit_pat_ident(&mut self, pat: &'ast syn::PatIdent) {
        self.bound_anew |= pat.ident == self.name;
        visit::visit_pat_ident(self, pat);
    }

    fn visit_expr_let(&mut self, node: &'ast syn::ExprLet) {
        self.visit_expr(&node.expr);
        self.visit_pat(&node.pat);
    }

    fn visit_expr_for_loop(&mut self, node: &'ast syn::ExprForLoop) {
        self.visit_expr(&node.expr);
        self.visit_pat(&node.pat);
        self.visit_block(&node.body);
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let Some(init) = &local.init {
            if !matches!(local.pat, Pat::Wild(_)) {
                self.moved(&init.expr);
            }
            self.visit_expr(&init.expr);
            if let Some((_, diverge)) = &init.diverge {
                self.visit_expr(diverge);
            }
        }
        self.visit_pat(&local.pat);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let known = EVALUATING.contains(&crate::stack::last_segment(&call.path).as_str());
        self.found |= known && !self.bound_anew && converts(call.tokens.clone(), self.name);
    }

    fn visit_item(&mut self, _item: &'ast syn::Item) {}
}
