//! `clone(arg, ..)`: the arguments, `self` among them, that every use but the last gets a clone of. Tokens go in, names
//! come out. Refuses what is no name, and a name twice; whether it is an argument is a rule's question.

use syn::Ident;
use syn::ext::IdentExt;
use syn::parse::Parser;

use crate::diagnostics::Errors;
use crate::options::{Options, split_at_commas};

/// Reads `clone(arg, ..)` of an attribute that uses the arguments more than once; no names where there is none.
pub(crate) fn clones(options: &mut Options, errors: &mut Errors) -> Vec<Ident> {
    let Some((key, tokens)) = options.list("clone") else {
        return Vec::new();
    };
    let parts = split_at_commas(tokens);
    if parts.is_empty() {
        errors.at(key.span(), "`clone` names no argument", "", "`clone(body)`");
    }
    let mut names: Vec<Ident> = Vec::new();
    for part in parts {
        match Ident::parse_any.parse2(part.clone()) {
            Ok(name) if names.contains(&name) => {
                errors.over(
                    &name,
                    &format!("`{name}` is listed twice"),
                    "",
                    &format!("`{name}` once"),
                );
            }
            Ok(name) => names.push(name),
            Err(_) => errors.over(
                part,
                "`clone` takes the names of arguments",
                "",
                "`clone(body)`",
            ),
        }
    }
    names
}
