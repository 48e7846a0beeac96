//! Whose state a policy uses: its own, a named one, a `static`, or a field of the client; and by which key.

use proc_macro2::Span;
use syn::{Expr, LitStr, Path};

use crate::diagnostics::Errors;
use crate::options::Options;
use crate::value;

pub(crate) enum Source {
    /// The function's own state.
    Own,
    /// `"payments"`: shared by name within the crate.
    Named(LitStr),
    /// `PAYMENTS`: a `static` of the user's.
    Static(Path),
    /// `self.breaker`: lives and dies with the client.
    Field(Expr),
}

pub(crate) struct Naming {
    pub(crate) source: Source,
    pub(crate) key: Option<Expr>,
}

impl Naming {
    /// Reads the unnamed values that are left, and `key(..)`.
    pub(crate) fn parse(
        policy: &str,
        unnamed: Vec<Expr>,
        options: &mut Options,
        errors: &mut Errors,
    ) -> Self {
        let mut source = Source::Own;
        for mut expr in unnamed {
            // A `macro_rules!` hands its fragments on in groups nobody sees.
            while let Expr::Group(group) = expr {
                expr = *group.expr;
            }
            let next = match &expr {
                Expr::Lit(_) => value::string(&expr).cloned().map(Source::Named),
                Expr::Path(path) if path.qself.is_none() => Some(Source::Static(path.path.clone())),
                Expr::Field(_) if starts_at_self(&expr) => Some(Source::Field(expr.clone())),
                _ => None,
            };
            match next {
                Some(next) if matches!(source, Source::Own) => {
                    if let Source::Named(name) = &next {
                        check_name(policy, name, errors);
                    }
                    source = next;
                }
                Some(_) => errors.over(&expr, &format!("`{policy}` has two names"), "", "one of them"),
                None => errors.over(
                    &expr,
                    &format!("`{policy}` cannot be found by this"),
                    "",
                    &format!("`{policy}(\"payments\")`, a `static` as in `{policy}(PAYMENTS)`, or a field as in `{policy}(self.{policy})`"),
                ),
            }
        }
        let key = options.list("key").and_then(|(key, tokens)| {
            if tokens.is_empty() {
                errors.at(
                    key.span(),
                    "`key` has no expression",
                    "",
                    "`key(region)`, an expression over the arguments",
                );
                return None;
            }
            let expr = syn::parse2::<Expr>(tokens.clone()).ok();
            if expr.is_none() {
                errors.over(
                    tokens,
                    "`key` is not an expression",
                    "",
                    "`key(region)`, or for several `key((region, account))`",
                );
            }
            expr
        });
        Self { source, key }
    }

    /// No other function shares the state.
    pub(crate) fn is_own(&self) -> bool {
        matches!(self.source, Source::Own)
    }

    /// What has no name of its own goes by that of the service it protects.
    pub(crate) fn default_to(&mut self, dependency: &LitStr) {
        if matches!(self.source, Source::Own) {
            self.source = Source::Named(dependency.clone());
        }
    }

    /// A `static` or a field brings its own numbers: an attribute cannot give others.
    pub(crate) fn own_numbers(&self) -> bool {
        matches!(self.source, Source::Own | Source::Named(_))
    }
}

pub(crate) fn check_name(policy: &str, name: &LitStr, errors: &mut Errors) {
    let text = name.value();
    if text.trim().is_empty() || text.contains(|c: char| c.is_control()) || text.len() > 100 {
        errors.over(
            name,
            &format!("this is no name for a `{policy}`"),
            "",
            "a short word, such as `\"payments\"`",
        );
    }
}

fn starts_at_self(expr: &Expr) -> bool {
    match expr {
        Expr::Field(field) => starts_at_self(&field.base),
        Expr::Path(path) => path.path.is_ident("self"),
        Expr::Paren(paren) => starts_at_self(&paren.expr),
        _ => false,
    }
}

/// Reports an option that has no place beside a `static` or a field.
pub(crate) fn numbers_elsewhere(policy: &str, span: Span, errors: &mut Errors) {
    errors.at(
        span,
        &format!("this `{policy}` brings its own numbers"),
        "the option would be ignored: the numbers stand where the value is made",
        &format!("the number where the `{policy}` is made, in its `{policy}::Settings`; or name the `{policy}` by a string"),
    );
}
