//! Functions named without a key, as `#[failover(charge_b)]` does. An expression goes in, a path comes out. Refuses calls,
//! closures, fields and strings.

use quote::ToTokens;
use syn::{Expr, ExprPath};

use crate::diagnostics::Errors;

/// The path of a function.
pub(crate) fn function(attribute: &str, expr: &Expr, errors: &mut Errors) -> Option<ExprPath> {
    if let Expr::Path(path) = expr {
        if !path.path.is_ident("self") {
            return Some(path.clone());
        }
    }
    errors.over(
        expr,
        &format!("`{attribute}` takes the path of a function"),
        "",
        &format!("`{attribute}(path::to::function)` or `{attribute}(Self::method)`; it gets the same arguments, `self` first"),
    );
    None
}

/// Whether two paths are written alike.
pub(crate) fn same(one: &ExprPath, other: &ExprPath) -> bool {
    one.to_token_stream().to_string() == other.to_token_stream().to_string()
}
