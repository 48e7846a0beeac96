//! The pieces a function is put together from: statics, gates, the judge of answers, the plan.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use super::gates::{are_fixed, fixed_type, gates};
use super::judge::{judge, judge_other, respan};
use super::plan::plan;
use super::replay::rename_self;
use crate::plan::Effects;
use crate::policy::retry::Reason;
use crate::stack::Stack;
use crate::target::{Body, Target};

pub(super) struct Parts {
    /// The call's site and the states it owns.
    pub(super) statics: TokenStream,
    /// Starts one logical call; an expression.
    pub(super) start: TokenStream,
    private: TokenStream,
    gates: Option<TokenStream>,
    /// They are in a `static`.
    fixed: bool,
    judge: TokenStream,
    /// The same question about somebody else's answer.
    pub(super) judge_other: TokenStream,
    /// The closure that makes an answer of an attempt's rejection.
    absorb: TokenStream,
    /// The same for a rejection by whoever knows what was sent.
    pub(super) absorb_alone: TokenStream,
}

impl Parts {
    pub(super) fn of(
        stack: &Stack,
        target: &Target,
        effects: Effects,
        private: &TokenStream,
    ) -> Self {
        let span = Span::mixed_site().located_at(output_span(target));
        let mut statics = TokenStream::new();
        let name = target.sig.ident.to_string();
        let place = quote!(__PLACE);
        if stack.has_policy() {
            statics.extend(quote! {
                const __PLACE: #private::Place =
                    #private::Place::new(::core::module_path!(), #name, ::core::file!(), ::core::line!());
            });
        }
        let gates = stack
            .rejects()
            .then(|| gates(stack, &place, private, &mut statics));
        let fixed = stack.layered() && are_fixed(stack);
        if let (Some(gates), true) = (&gates, fixed) {
            let ty = fixed_type(stack, private);
            statics.extend(quote!(static __GATES: #ty = #gates;));
        }
        if let Some(on_unknown) = &stack.policies.on_unknown {
            let unknown = quote!(#private::unknown);
            let settings = on_unknown.settings(&unknown, private);
            statics.extend(quote!(static __ON_UNKNOWN: #unknown::Settings = #settings;));
        }
        if stack.has_policy() {
            let plan = plan(stack, effects, &place, private, &mut statics);
            let dependency = stack.policies.dependency.as_ref();
            let dependency = dependency.and_then(|dependency| dependency.name.as_ref());
            let dependency = dependency.map(|name| quote!(.calls(#name)));
            let inside = stack.policies.database.is_some() || stack.common.allows("in_transaction");
            let database = inside.then(|| quote!(.database()));
            statics.extend(quote! {
                static __CALL: #private::Site =
                    #private::Site::new(#place, ::core::concat!(::core::module_path!(), "::", #name), #plan) #dependency #database;
            });
        }
        Self {
            statics,
            start: start(stack, target, private),
            private: private.clone(),
            gates,
            fixed,
            judge: judge(stack, private, span),
            judge_other: judge_other(stack, private, span),
            absorb: absorb(stack, private, span, stack.policies.on_unknown.is_some()),
            absorb_alone: absorb(stack, private, span, false),
        }
    }

    /// The future of one attempt inside the loop, or of one lane of it; `run` is its state.
    pub(super) fn attempt(&self, run: &TokenStream, body: &TokenStream) -> TokenStream {
        let Self {
            private,
            judge,
            absorb,
            ..
        } = self;
        let site = Span::mixed_site();
        if self.gates.is_some() {
            let gates = match self.gates {
                Some(_) if self.fixed => quote!(&__GATES),
                _ => quote_spanned!(site=> &__gates),
            };
            quote_spanned!(site=> #private::attempt(#run, #gates, #body, #judge, #absorb))
        } else {
            quote_spanned!(site=> #private::bare(#run, #body, #judge))
        }
    }

    /// The future of a call that is not repeated.
    pub(super) fn once(&self, body: &TokenStream) -> TokenStream {
        let Self {
            private,
            judge,
            absorb,
            ..
        } = self;
        let gates = self
            .gates
            .as_ref()
            .map_or_else(|| quote!(#private::Gates::ABSENT), Clone::clone);
        quote!(#private::once(&__CALL, #gates, #body, #judge, #absorb))
    }

    /// The gates as a statement in front of the loop, where they are in no `static`.
    pub(super) fn gates(&self, boxed: bool) -> TokenStream {
        match &self.gates {
            Some(_) if self.fixed => TokenStream::new(),
            Some(gates) if boxed => {
                let gates = rename_self(gates.clone());
                quote_spanned!(Span::mixed_site()=> let __gates = #gates;)
            }
            Some(gates) => quote_spanned!(Span::mixed_site()=> let __gates = #gates;),
            None => TokenStream::new(),
        }
    }

    /// The future of another provider's call, under the call's total time.
    pub(super) fn stand_in(
        &self,
        same_system: bool,
        call: &TokenStream,
        span: Span,
    ) -> TokenStream {
        let Self {
            private,
            judge_other,
            absorb_alone,
            ..
        } = self;
        let private = respan(private, span);
        let absorb = if self.gates.is_some() {
            absorb_alone.clone()
        } else {
            quote_spanned!(span=> #private::never_cut_off)
        };
        quote_spanned! {span=>
            #private::stand_in(&mut __run, #same_system, #call, #judge_other, #absorb)
        }
    }
}

/// The closure that makes an answer of a rejection. Under `on_unknown` the watch says whether anything was sent.
fn absorb(stack: &Stack, private: &TokenStream, span: Span, watched: bool) -> TokenStream {
    let watch = Ident::new("__watch", Span::mixed_site());
    if let Some(path) = &stack.common.rejected {
        let why = if watched {
            quote!(#watch.rejected(__rejected))
        } else {
            quote!(__rejected)
        };
        return quote!(|__rejected| #private::absorb_with(#path, #why));
    }
    let private = respan(private, span);
    let why = if watched {
        quote_spanned!(span=> #watch.rejected(__rejected))
    } else {
        quote_spanned!(span=> __rejected)
    };
    quote_spanned!(span=> |__rejected| #private::absorb(#why))
}

fn output_span(target: &Target) -> Span {
    match &target.sig.output {
        syn::ReturnType::Default => target.sig.ident.span(),
        syn::ReturnType::Type(_, ty) => syn::spanned::Spanned::span(ty),
    }
}

fn start(stack: &Stack, target: &Target, private: &TokenStream) -> TokenStream {
    let key = stack
        .policies
        .retry
        .as_ref()
        .and_then(|retry| match &retry.reason.as_ref()?.value {
            Reason::Key(Some(expr)) => {
                let expr: TokenStream = if matches!(target.body, Body::Boxed(_)) {
                    rename_self(expr.to_token_stream())
                } else {
                    expr.to_token_stream()
                };
                Some(quote!(#private::IdempotencyKey::of(&(#expr))))
            }
            Reason::Key(None) => Some(quote!(#private::IdempotencyKey::generate())),
            _ => None,
        });
    let key = key.map(|key| quote!(.with_key(#key)));
    quote!(__CALL.start() #key)
}
