//! The two derives for error types: what an error means, and how it carries a policy's rejection.
//!
//! In goes the user's type, out comes one `impl`. On any mistake the `impl` is emitted all the same
//! (it compiles and is never run), so that the only errors shown are ours.

mod classify;
mod from_rejected;
mod mark;
mod refuse;

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{DeriveInput, Field, Fields, Generics, Ident, Member, Path, Type};

use crate::diagnostics::text;

/// Every mistake of one type, reported in one compile.
#[derive(Default)]
struct Mistakes(Option<syn::Error>);

impl Mistakes {
    fn add(&mut self, mistake: syn::Error) {
        match &mut self.0 {
            Some(earlier) => earlier.combine(mistake),
            None => self.0 = Some(mistake),
        }
    }

    /// The value, or its mistake noted.
    fn note<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|mistake| self.add(mistake)).ok()
    }

    fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

impl ToTokens for Mistakes {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.0.as_ref().map(syn::Error::to_compile_error));
    }
}

/// A mistake in its three parts: what is wrong, what it would do at run time, what to write instead.
fn mistake(at: impl ToTokens, what: &str, at_run_time: &str, write: &str) -> syn::Error {
    syn::Error::new_spanned(at, text(what, at_run_time, write))
}

/// Generated tokens shown at `span`: what rustc finds wrong with them is then shown at the user's own.
fn located(tokens: TokenStream, span: Span) -> TokenStream {
    let located = |token| {
        let mut token = match token {
            TokenTree::Group(group) => {
                TokenTree::Group(Group::new(group.delimiter(), located(group.stream(), span)))
            }
            leaf => leaf,
        };
        token.set_span(Span::call_site().located_at(span));
        token
    };
    tokens.into_iter().map(located).collect()
}

/// `#[derive(Classify)]`.
pub(crate) fn classify(input: TokenStream) -> TokenStream {
    parsed(input, classify::derive)
}

/// `#[derive(FromRejected)]`.
pub(crate) fn from_rejected(input: TokenStream) -> TokenStream {
    parsed(input, from_rejected::derive)
}

fn parsed(input: TokenStream, derive: fn(&DeriveInput) -> TokenStream) -> TokenStream {
    syn::parse2(input).map_or_else(|error| error.to_compile_error(), |input| derive(&input))
}

/// The fields with what a pattern calls them, by name or by number.
fn members(fields: &Fields) -> impl Iterator<Item = (Member, &Field)> {
    fields.members().zip(fields)
}

/// Whether a type is, by its last word, our `Rejected`, also behind a `Box` or an `Arc`.
fn is_rejected(of: &Type) -> bool {
    let Type::Path(path) = of else { return false };
    let Some(last) = path.path.segments.last() else {
        return false;
    };
    if last.ident == "Rejected" {
        return true;
    }
    let pointer = last.ident == "Box" || last.ident == "Arc";
    match &last.arguments {
        syn::PathArguments::AngleBracketed(arguments) if pointer => arguments
            .args
            .iter()
            .any(|argument| matches!(argument, syn::GenericArgument::Type(of) if is_rejected(of))),
        _ => false,
    }
}

/// Whether a type speaks of one of the type parameters, so that what is asked of it belongs into the `where` clause.
fn mentions_parameter(of: &Type, generics: &Generics) -> bool {
    struct Search<'a>(Vec<&'a Ident>, bool);
    impl<'ast> syn::visit::Visit<'ast> for Search<'_> {
        fn visit_path(&mut self, path: &'ast Path) {
            let first = path.segments.first().map(|segment| &segment.ident);
            self.1 |=
                path.leading_colon.is_none() && first.is_some_and(|first| self.0.contains(&first));
            syn::visit::visit_path(self, path);
        }
    }
    let mut search = Search(
        generics
            .type_params()
            .map(|parameter| &parameter.ident)
            .collect(),
        false,
    );
    syn::visit::Visit::visit_type(&mut search, of);
    search.1
}
