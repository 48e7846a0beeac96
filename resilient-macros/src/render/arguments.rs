//! How the arguments come into the block, and how the block learns its type.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::visit_mut::{self, VisitMut};
use syn::{Pat, Type};

use super::{Render, replay};
use crate::target::{Argument, reference};

impl Render<'_> {
    /// Moves every argument into the block under the user's own name, used or not, so that drop order and
    /// warnings stay those of an `async fn`.
    pub(super) fn rebind(&self) -> TokenStream {
        let (mut lets, mut row) = (self.whole_self(), Row::default());
        for argument in self.target.arguments() {
            let Argument {
                attrs,
                name,
                pat,
                ty,
                plain,
                ..
            } = &argument;
            let conditions: Vec<_> = argument.conditions().collect();
            if self.stack.clones(&name.to_string()) {
                if let Some(target) = replay::into_target(ty) {
                    row.close(&mut lets);
                    lets.extend(quote! {
                        #(#conditions)* let #name: #target = ::core::convert::Into::into(#name);
                    });
                }
            } else if *plain {
                // An attribute is one argument's, so its statement is, too.
                if !attrs.is_empty() {
                    row.close(&mut lets);
                    lets.extend(quote!(#(#attrs)*));
                }
                row.add(name, pat);
                if !attrs.is_empty() {
                    row.close(&mut lets);
                }
            } else {
                row.close(&mut lets);
                if !self.is_destructured_early(&argument) {
                    lets.extend(
                        quote!(#(#conditions)* let #name = #name; #(#attrs)* let #pat = #name;),
                    );
                }
            }
        }
        row.close(&mut lets);
        // An argument that only a `key(..)` reads is used, too.
        for argument in self.target.arguments() {
            let (name, conditions) = (&argument.name, argument.conditions());
            if argument.plain && self.is_in_a_key(name) {
                lets.extend(quote!(#(#conditions)* let _ = &#name;));
            }
        }
        lets
    }

    /// A block takes only the fields it mentions of a `self` by value; the others would be dropped when the function
    /// returns its future, and not when that ends.
    fn whole_self(&self) -> TokenStream {
        let replayed = self.stack.clones("self");
        let receiver = self.target.receiver().filter(|_| !replayed);
        let by_value = receiver.filter(|receiver| reference(receiver).is_none());
        let this = by_value.map(|receiver| &receiver.self_token);
        this.map_or_else(TokenStream::new, |this| quote!(let _ = &#this;))
    }

    /// A `key(..)` over a destructured argument needs its parts before the block takes them.
    pub(super) fn early_patterns(&self) -> TokenStream {
        let arguments = self.target.arguments();
        let early = arguments
            .iter()
            .filter(|argument| self.is_destructured_early(argument));
        early
            .map(
                |Argument {
                     attrs, name, pat, ..
                 }| quote!(#(#attrs)* let #pat = #name;),
            )
            .collect()
    }

    /// Without layers the keys are looked at in front of the block.
    fn is_destructured_early(&self, argument: &Argument) -> bool {
        let pat = argument.pat.to_token_stream();
        let named = |key: TokenStream| {
            pat.clone()
                .into_iter()
                .any(|part| mentions_one_of(&key, part))
        };
        !argument.plain && !self.stack.layered() && self.keys().any(named)
    }

    fn is_in_a_key(&self, name: &Ident) -> bool {
        self.keys().any(|key| replay::mentions(key, name))
    }

    fn keys(&self) -> impl Iterator<Item = TokenStream> {
        let policies = &self.stack.policies;
        let breaker = policies.breaker.as_ref().map(|policy| &policy.naming);
        let rate_limit = policies.rate_limit.as_ref().map(|policy| &policy.naming);
        let bulkhead = policies.bulkhead.as_ref().map(|policy| &policy.naming);
        let namings = breaker.into_iter().chain(rate_limit).chain(bulkhead);
        namings
            .filter_map(|naming| naming.key.as_ref())
            .map(ToTokens::to_token_stream)
    }

    /// Tells the block its type before any statement, so that mismatches show at the user's expression.
    pub(super) fn edge(&self) -> TokenStream {
        let (output, span) = (self.output(), self.return_span());
        quote_spanned! {span=>
            #[allow(unreachable_code)]
            if false {
                let __edge: #output = loop {};
                return __edge;
            }
        }
    }

    /// What the function resolves to, as a type that can be written in a body.
    pub(super) fn output(&self) -> Type {
        let mut output: Type =
            syn::parse2(self.target.output()).unwrap_or_else(|_| syn::parse_quote!(_));
        EraseImpl.visit_type_mut(&mut output);
        output
    }
}

/// Arguments that follow each other: bound by one statement in the same order, they are dropped in the same order.
#[derive(Default)]
struct Row {
    pats: Vec<Pat>,
    names: Vec<Ident>,
}

impl Row {
    fn add(&mut self, name: &Ident, pat: &Pat) {
        self.names.push(name.clone());
        self.pats.push(pat.clone());
    }

    /// Writes the statement and starts over.
    fn close(&mut self, lets: &mut TokenStream) {
        let Self { pats, names } = std::mem::take(self);
        // Clippy takes the names for the user's.
        let unused = names.iter().any(|name| name.to_string().starts_with('_'));
        let unused = unused.then(
            || quote!(, clippy::used_underscore_binding, clippy::no_effect_underscore_binding),
        );
        lets.extend(match names.len() {
            0 => return,
            1 => quote!(#[allow(clippy::shadow_same #unused)] let #(#pats)* = #(#names)*;),
            _ => quote!(#[allow(clippy::shadow_reuse #unused)] let (#(#pats),*) = (#(#names),*);),
        });
    }
}

/// Whether a word of a pattern is among the tokens of a key.
fn mentions_one_of(key: &TokenStream, part: TokenTree) -> bool {
    match part {
        TokenTree::Ident(name) => replay::mentions(key.clone(), &name),
        TokenTree::Group(group) => group
            .stream()
            .into_iter()
            .any(|part| mentions_one_of(key, part)),
        _ => false,
    }
}

/// `impl Trait` cannot be written in a body; what it stands for can be inferred.
struct EraseImpl;

impl VisitMut for EraseImpl {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if matches!(ty, Type::ImplTrait(_)) {
            *ty = syn::parse_quote!(_);
        } else {
            visit_mut::visit_type_mut(self, ty);
        }
    }
}
