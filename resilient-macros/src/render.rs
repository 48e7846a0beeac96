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

mod arguments;
mod attributes;
mod docs;
mod fence;
mod gates;
mod instead;
mod judge;
mod layers;
mod parts;
mod plan;
mod replay;
mod unknown;

use std::time::Duration;

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{ReturnType, Visibility};

use crate::plan::{Effects, effects};
use crate::policy::effect::Effect;
use crate::stack::Stack;
use crate::target::{Body, Boxed, Target};
pub(crate) use instead::shown;
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
        if self.stack.clones("self") {
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
        let future = if self.stack.layered() {
            let (rebind, body) = (self.rebind(), self.layers(&parts));
            self.detached(self.block(&quote!(async move), &quote!(#rebind #body)))
        } else {
            let (edge, rebind, statements) = (self.edge(), self.rebind(), &self.statements);
            let body = self.block(&quote!(async move), &quote!(#edge #rebind #statements));
            if self.stack.has_policy() {
                parts.once(&body)
            } else {
                body
            }
        };
        let before = self.early_patterns();
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
            epilogue,
            ..
        } = boxed;
        let cloned: Vec<String> = self
            .stack
            .cloned()
            .into_iter()
            .map(|name| replay::replayed(self.target, name).to_string())
            .collect();
        let prelude = boxed.prelude_without_mut(&cloned);
        let parts = Parts::of(self.stack, self.target, self.effects, private);
        let (receipts, statics, statements) =
            (self.stack.receipts(), &parts.statics, &self.statements);
        let wrapped = !prelude.is_empty();
        let future = if self.stack.layered() {
            let layers = self.layers(&parts);
            self.detached(if wrapped {
                quote!(async move { #prelude { #layers } #epilogue })
            } else {
                quote!(async move { #layers })
            })
        } else {
            let body = if wrapped {
                quote!(async move { #prelude { #statements } #epilogue })
            } else {
                let edge = self.edge();
                self.block(&quote!(async move), &quote!(#edge #statements))
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

    /// An `async` block that stands where the function and its body do, so that errors about all of it show there.
    fn block(&self, kind: &TokenStream, statements: &TokenStream) -> TokenStream {
        let (sig, vis) = (&self.target.sig, &self.target.vis);
        let start = match (vis, &sig.asyncness) {
            (Visibility::Inherited, Some(word)) => word.span,
            (Visibility::Inherited, None) => sig.fn_token.span,
            (vis, _) => syn::spanned::Spanned::span(vis),
        };
        let here = |span| Span::mixed_site().located_at(span);
        let mut block = Group::new(Delimiter::Brace, statements.clone());
        block.set_span(here(match &self.target.body {
            Body::Async(_, span) => *span,
            _ => start,
        }));
        let kind = kind.clone().into_iter().map(|mut word| {
            word.set_span(here(start));
            word
        });
        let kind: TokenStream = kind.collect();
        quote!(#kind #block)
    }

    /// `impl Call<..>` when there is an effect to tell, otherwise `impl Future<..>`.
    fn returned(&self) -> TokenStream {
        let output = self.target.output();
        let runtime = &self.runtime;
        let span = self.return_span();
        if let Some(effect) = self.effect_type() {
            quote_spanned!(span=> impl #runtime::Call<Output = #output, Effect = #effect>)
        } else {
            quote_spanned!(span=> impl ::core::future::Future<Output = #output>)
        }
    }

    /// The future with its effect; one that must not be repeated says what became of it.
    fn declared(&self, future: TokenStream) -> TokenStream {
        let Some(effect) = self.effect_type() else {
            return future;
        };
        let (private, output) = (&self.private, self.output());
        if self.stack.has_policy() {
            quote!(#private::Declared::<#effect, _>::judged::<#output>(#future))
        } else if self.effects.outward == Some(Effect::NonIdempotent) {
            let watched = judge::watched(private, &future);
            quote!(#private::Declared::<#effect, _>::judged::<#output>(#watched))
        } else {
            quote!(#private::Declared::<#effect, _>::new::<#output>(#future))
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
}
