//! The gates of a function: where the state of its breaker, rate limit and bulkhead is, and under which key.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::policy::naming::{Naming, Source};
use crate::stack::Stack;

/// Whether they say the same for every call: they lead to statics of the generated code, whatever the arguments are.
pub(super) fn are_fixed(stack: &Stack) -> bool {
    let policies = &stack.policies;
    let namings = [
        policies.breaker.as_ref().map(|breaker| &breaker.naming),
        policies.rate_limit.as_ref().map(|limit| &limit.naming),
        policies.bulkhead.as_ref().map(|bulkhead| &bulkhead.naming),
    ];
    namings.into_iter().flatten().all(|naming| {
        naming.key.is_none() && matches!(naming.source, Source::Own | Source::Named(_))
    })
}

/// The type of such gates.
pub(super) fn fixed_type(stack: &Stack, private: &TokenStream) -> TokenStream {
    let gate = |present: bool, module: TokenStream| {
        if present {
            quote!(#private::#module::Fixed)
        } else {
            quote!(#private::Absent)
        }
    };
    let policies = &stack.policies;
    let breaker = gate(policies.breaker.is_some(), quote!(breaker));
    let rate_limit = gate(policies.rate_limit.is_some(), quote!(rate_limit));
    let bulkhead = gate(policies.bulkhead.is_some(), quote!(bulkhead));
    quote!(#private::Gates<#breaker, #rate_limit, #bulkhead>)
}

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
