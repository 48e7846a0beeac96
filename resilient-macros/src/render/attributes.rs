//! What stands above the emitted function.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::{Render, docs, fence};
use crate::stack::MARK;

impl Render<'_> {
    /// Attributes, documentation and the mark that a policy under another name would find.
    pub(super) fn attributes(&self) -> TokenStream {
        let attrs = &self.target.attrs;
        let docs = docs::section(self.stack, self.effects).map(|text| {
            let fence = fence::left_open(attrs).unwrap_or_default();
            let text = format!("{fence}{text}");
            quote!(#[doc = #text])
        });
        let foreign = attrs.iter().any(|attr| !is_known(attr));
        let mark = foreign.then(|| {
            let mark = Ident::new(MARK, Span::call_site());
            let private = &self.private;
            quote!(#[#private::#mark])
        });
        quote!(#(#attrs)* #docs #mark)
    }
}

/// Attributes that are certainly not one of ours under another name.
fn is_known(attr: &syn::Attribute) -> bool {
    const KNOWN: &[&str] = &[
        "doc",
        "allow",
        "warn",
        "deny",
        "expect",
        "forbid",
        "must_use",
        "inline",
        "cold",
        "cfg",
        "deprecated",
        "track_caller",
    ];
    let first = attr
        .path()
        .segments
        .first()
        .map(|segment| segment.ident.to_string())
        .unwrap_or_default();
    KNOWN.contains(&first.as_str()) || first == "rustfmt" || first == "clippy"
}
