//! Plan and target go in, the function's tokens come out; nothing can fail any more.
//!
//! ```text
//! async fn f(&self, a: A) -> R { body }
//! // becomes, without repetition, the body's future polled in place:
//! fn f(&self, a: A) -> impl Call<Output = R, Effect = E> {
//!     static CALL: Site = ..;
//!     Declared::<E, _>::new(once(&CALL, gates, |answer| judge(answer), absorb, async move { let a = a; body }))
//! }
//! // and with it a plain loop around the body, quoted once:
//! async move { let a = a; let mut run = CALL.start(); loop { attempt(.., async { body }).await .. } }
//! ```

mod docs;
mod parts;

use std::time::Duration;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::visit_mut::{self, VisitMut};
use syn::{ReturnType, Type};

use crate::plan::{Effects, effects};
use crate::policy::effect::Effect;
use crate::stack::{MARK, Stack};
use crate::target::{Argument, Body, Boxed, Target};
use parts::Parts;

/// A duration as a constant expression.
pub(crate) fn duration(private: &TokenStream, duration: Duration) -> TokenStream {
    let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    quote!(#private::nanos(#nanos))
}

/// Renders the annotated function; `statements` is its rewritten body.
pub(crate) fn function(stack: &Stack, target: &Target, statements: TokenStream) -> TokenStream {
    let runtime = crate::paths::runtime(stack.common.runtime.as_ref());
    let render = Render {
        stack,
        target,
        effects: effects(stack),
        private: quote!(#runtime::__private),
        runtime,
        statements,
    };
    match &target.body {
        Body::None => render.declaration(),
        Body::Boxed(boxed) => render.boxed(boxed),
        Body::Async(..) | Body::Sync(_) => render.future(),
    }
}

struct Render<'a> {
    stack: &'a Stack,
    target: &'a Target,
    effects: Effects,
    runtime: TokenStream,
    private: TokenStream,
    statements: TokenStream,
}

impl Render<'_> {
    /// Attributes, documentation and the mark that a policy under another name would find.
    fn attributes(&self) -> TokenStream {
        let attrs = &self.target.attrs;
        let docs = docs::section(self.stack, self.effects).map(|text| quote!(#[doc = #text]));
        let foreign = attrs.iter().any(|attr| !is_known(attr));
        let mark = foreign.then(|| {
            let mark = Ident::new(MARK, Span::call_site());
            let private = &self.private;
            quote!(#[#private::#mark])
        });
        quote!(#(#attrs)* #docs #mark)
    }

    /// A trait's method without a body: its effect is an upper bound for every implementation.
    fn declaration(&self) -> TokenStream {
        let (attributes, vis, runtime, private) = (
            self.attributes(),
            &self.target.vis,
            &self.runtime,
            &self.private,
        );
        let mut sig = self.target.sig.clone();
        let output = self.target.output();
        let bound = self.effects.outward.map(Effect::upper_bound);
        sig.asyncness = None;
        sig.output =
            syn::parse_quote!(-> impl #runtime::Call<Output = #output, Effect: #private::#bound>);
        quote!(#attributes #vis #sig;)
    }

    /// An `async fn` becomes a function that returns its future.
    fn future(&self) -> TokenStream {
        let mut sig = self.target.sig.clone();
        sig.asyncness = None;
        sig.inputs = self.target.inputs();
        if self
            .stack
            .policies
            .retry
            .as_ref()
            .is_some_and(|retry| retry.clones("self"))
        {
            // Every attempt changes its own clone.
            if let Some(syn::FnArg::Receiver(receiver)) = sig.inputs.first_mut() {
                receiver.mutability = None;
            }
        }
        let returned = self.returned();
        sig.output = syn::parse_quote!(-> #returned);
        let (attributes, vis, private) = (self.attributes(), &self.target.vis, &self.private);
        let parts = Parts::of(self.stack, self.target, self.effects, private);
        let (receipts, statics) = (self.stack.receipts(), &parts.statics);
        let future = if self.stack.policies.retry.is_some() {
            let (rebind, body) = (self.rebind(), self.repeated(&parts));
            quote!(async move { #rebind #body })
        } else {
            let (rebind, edge, statements) = (self.rebind(), self.edge(), &self.statements);
            let body = quote!(async move { #edge #rebind #statements });
            if self.stack.has_policy() {
                parts.once(&body)
            } else {
                body
            }
        };
        let before = if self.stack.policies.retry.is_some() {
            TokenStream::new()
        } else {
            self.early_patterns(&parts)
        };
        let future = self.declared(future);
        quote! {
            #attributes
            #vis #sig {
                #receipts
                #statics
                #before
                #future
            }
        }
    }

    /// `#[async_trait]`'s boxed block keeps its signature; callers cannot see the effect.
    fn boxed(&self, boxed: &Boxed) -> TokenStream {
        let (attributes, vis, sig, private) = (
            self.attributes(),
            &self.target.vis,
            &self.target.sig,
            &self.private,
        );
        let Boxed {
            before,
            pin,
            prelude,
            epilogue,
            ..
        } = boxed;
        let parts = Parts::of(self.stack, self.target, self.effects, private);
        let (receipts, statics, statements) =
            (self.stack.receipts(), &parts.statics, &self.statements);
        let wrapped = !prelude.is_empty();
        let future = if self.stack.policies.retry.is_some() {
            let repeated = self.repeated(&parts);
            if wrapped {
                quote!(async move { #prelude { #repeated } #epilogue })
            } else {
                quote!(async move { #repeated })
            }
        } else {
            let body = if wrapped {
                quote!(async move { #prelude { #statements } #epilogue })
            } else {
                let edge = self.edge();
                quote!(async move { #edge #statements })
            };
            if self.stack.has_policy() {
                parts.once(&body)
            } else {
                body
            }
        };
        let future = self.declared(future);
        quote! {
            #attributes
            #vis #sig {
                #receipts
                #statics
                #before
                #pin(#future)
            }
        }
    }

    /// `impl Call<..>` when there is an effect to tell, otherwise `impl Future<..>`.
    fn returned(&self) -> TokenStream {
        let output = self.target.output();
        let runtime = &self.runtime;
        let span = self.return_span();
        match self.effect_type() {
            Some(effect) => {
                quote_spanned!(span=> impl #runtime::Call<Output = #output, Effect = #effect>)
            }
            None => quote_spanned!(span=> impl ::core::future::Future<Output = #output>),
        }
    }

    /// The future with its effect; one that must not be repeated says what became of it.
    fn declared(&self, future: TokenStream) -> TokenStream {
        let Some(effect) = self.effect_type() else {
            return future;
        };
        let private = &self.private;
        if self.stack.has_policy() {
            quote!(#private::Declared::<#effect, _>::judged(#future))
        } else if self.effects.outward == Some(Effect::NonIdempotent) {
            let watched = parts::watched(private, &future);
            quote!(#private::Declared::<#effect, _>::judged(#watched))
        } else {
            quote!(#private::Declared::<#effect, _>::new(#future))
        }
    }

    fn effect_type(&self) -> Option<TokenStream> {
        let effect = self.effects.outward?.name();
        let runtime = &self.runtime;
        Some(if self.effects.retried {
            quote!(#runtime::effect::Retried<#runtime::effect::#effect>)
        } else {
            quote!(#runtime::effect::#effect)
        })
    }

    /// Generated tokens stand at the return type, or at the name where none is written.
    fn return_span(&self) -> Span {
        let at = match &self.target.sig.output {
            ReturnType::Default => self.target.sig.ident.span(),
            ReturnType::Type(_, ty) => syn::spanned::Spanned::span(ty),
        };
        Span::mixed_site().located_at(at)
    }

    /// Moves every argument into the block under the user's own name, used or not, so that drop order and
    /// warnings stay those of an `async fn`.
    fn rebind(&self) -> TokenStream {
        let retry = self.stack.policies.retry.as_ref();
        self.target
            .arguments()
            .iter()
            .map(|argument| {
                let Argument {
                    attrs,
                    name,
                    pat,
                    ty,
                    plain,
                    ..
                } = argument;
                let conditions = argument.conditions();
                if retry.is_some_and(|retry| retry.clones(&name.to_string())) {
                    return match parts::into_target(ty) {
                        Some(target) => {
                            quote!(#(#conditions)* let #name: #target = ::core::convert::Into::into(#name);)
                        }
                        None => TokenStream::new(),
                    };
                }
                if *plain && self.is_in_a_key(name) {
                    quote!(#(#attrs)* let #pat = #name; #(#conditions)* let _ = &#name;)
                } else if *plain {
                    quote!(#(#attrs)* let #pat = #name;)
                } else {
                    quote!(#(#conditions)* let #name = #name; #(#attrs)* let #pat = #name;)
                }
            })
            .collect()
    }

    /// An argument that only a `key(..)` reads is used, too.
    fn is_in_a_key(&self, name: &Ident) -> bool {
        let policies = &self.stack.policies;
        let breaker = policies.breaker.as_ref().map(|policy| &policy.naming);
        let bulkhead = policies.bulkhead.as_ref().map(|policy| &policy.naming);
        let namings = breaker.into_iter().chain(bulkhead);
        let mut keys = namings.filter_map(|naming| naming.key.as_ref());
        keys.any(|key| parts::mentions(quote!(#key), name))
    }

    /// A `key(..)` over a destructured argument needs its parts before the block takes them.
    fn early_patterns(&self, parts: &Parts) -> TokenStream {
        if !parts.keyed {
            return TokenStream::new();
        }
        let arguments = self.target.arguments();
        arguments
            .iter()
            .filter(|argument| !argument.plain)
            .map(|argument| {
                let (name, conditions) = (&argument.name, argument.conditions());
                quote!(#(#conditions)* let #name = #name;)
            })
            .collect()
    }

    /// Tells the block its type before any statement, so that mismatches show at the user's expression.
    fn edge(&self) -> TokenStream {
        let mut output: Type =
            syn::parse2(self.target.output()).unwrap_or_else(|_| syn::parse_quote!(_));
        EraseImpl.visit_type_mut(&mut output);
        if matches!(output, Type::Never(_)) {
            return TokenStream::new();
        }
        let span = self.return_span();
        quote_spanned! {span=>
            #[allow(unknown_lints, unreachable_code, clippy::all, clippy::pedantic, clippy::nursery)]
            if false {
                let __edge: #output = loop {};
                return __edge;
            }
        }
    }

    /// The loop: one attempt after the other until one settles.
    fn repeated(&self, parts: &Parts) -> TokenStream {
        let private = &self.private;
        let Some(retry) = self.stack.policies.retry.as_ref() else {
            return self.statements.clone();
        };
        let boxed = matches!(self.target.body, Body::Boxed(_));
        let replayed = retry
            .clone
            .iter()
            .map(|name| parts::replayed(self.target, name));
        let conditions: Vec<TokenStream> = retry
            .clone
            .iter()
            .map(|name| parts::conditions(self.target, name))
            .collect();
        let slots: Vec<Ident> = retry
            .clone
            .iter()
            .map(|name| parts::slot(self.target, name))
            .collect();
        let bound: Vec<TokenStream> = retry
            .clone
            .iter()
            .map(|name| parts::bound(self.target, name))
            .collect();
        let statements = if retry.clones("self") && !boxed {
            parts::rename_self(self.statements.clone())
        } else {
            self.statements.clone()
        };
        let edge = self.edge();
        let attempt = parts.attempt(&quote!(async { #edge #statements }));
        let (start, gates, before_retry) = (
            &parts.start,
            parts.gates(boxed),
            parts.before_retry(self.target, retry),
        );
        quote! {
            #gates
            let mut __run = #start;
            let mut __kept = #private::Kept::new();
            #(#conditions let mut #slots = #private::Replay::new(#replayed);)*
            loop {
                #(#conditions let #bound = #slots.next(__run.is_last());)*
                let __attempt = #attempt.await;
                match __run.settle(&mut __kept, __attempt) {
                    ::core::ops::ControlFlow::Break(__answer) => break __answer,
                    ::core::ops::ControlFlow::Continue(__delay) => {
                        if !__run.backoff(__delay).await {
                            break __kept.give_up();
                        }
                    }
                }
                #before_retry
            }
        }
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

/// `impl Trait` cannot be written in a `let`; what it stands for can be inferred.
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
