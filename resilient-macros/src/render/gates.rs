//! The gates of a function: where the state of its breaker, rate limit and bulkhead is, and under which key.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::policy::naming::{Naming, Source};
use crate::stack::Stack;

pub(super) fn gates(
    stack: &Stack,
    place: &TokenStream,
    private: &TokenStream,
    statics: &mut TokenStream,
) -> TokenStream {
    let breaker = stack.policies.breaker.as_ref().map(|breaker| {
        gate(
            &breaker.naming,
            "breaker",
            "Breaker",
            &breaker.settings(stack.policies.timeout.as_ref(), private),
            place,
            private,
            statics,
        )
    });
    let rate_limit = stack.policies.rate_limit.as_ref().map(|rate_limit| {
        gate(
            &rate_limit.naming,
            "rate_limit",
            "RateLimit",
            &rate_limit.settings(private),
            place,
            private,
            statics,
        )
    });
    let bulkhead = stack.policies.bulkhead.as_ref().map(|bulkhead| {
        gate(
            &bulkhead.naming,
            "bulkhead",
            "Bulkhead",
            &bulkhead.settings(private),
            place,
            private,
            statics,
        )
    });
    let absent = || quote!(#private::Absent);
    let (breaker, rate_limit, bulkhead) = (
        breaker.unwrap_or_else(absent),
        rate_limit.unwrap_or_else(absent),
        bulkhead.unwrap_or_else(absent),
    );
    quote!(#private::Gates { breaker: #breaker, rate_limit: #rate_limit, bulkhead: #bulkhead })
}

/// One policy's gate: where its state is, and under which key.
fn gate(
    naming: &Naming,
    policy: &str,
    ty: &str,
    settings: &TokenStream,
    place: &TokenStream,
    private: &TokenStream,
    statics: &mut TokenStream,
) -> TokenStream {
    let module = Ident::new(policy, Span::mixed_site());
    let ty = Ident::new(ty, Span::mixed_site());
    let state = Ident::new(&format!("__{}", policy.to_uppercase()), Span::mixed_site());
    let mut own = |constructor: TokenStream| {
        statics.extend(quote!(static #state: #private::#module::#ty = #constructor;));
        quote!(#private::#module::Gate::shared(&#state))
    };
    let gate = match &naming.source {
        Source::Own => own(quote!(#private::#module::#ty::unnamed(#settings, #place))),
        Source::Named(name) => own(quote!(#private::#module::#ty::named(#name, #settings, #place))),
        // The `&` stands with what it borrows, or a value of another type would be reported at the attribute.
        Source::Static(path) => {
            let state = quote_spanned!(syn::spanned::Spanned::span(path)=> &#path);
            quote!(#private::#module::Gate::shared(#state))
        }
        Source::Field(field) => {
            let state = quote_spanned!(syn::spanned::Spanned::span(field)=> &#field);
            quote!(#private::#module::Gate::owned(#state))
        }
    };
    match &naming.key {
        Some(key) => quote!(#gate.keyed(#private::key_hash(&(#key)))),
        None => gate,
    }
}
