//! Who answers when the attempts did not: the next providers, then the fallback. The answer of the attempts goes in, as an
//! expression, and the answer of the call comes out.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ExprPath;
use syn::spanned::Spanned as _;

use super::Render;
use super::judge::respan;
use super::parts::Parts;
use super::replay::passed;
use crate::policy::effect::Effect;
use crate::policy::fallback::{Fallback, Source};

impl Render<'_> {
    pub(super) fn instead(&self, parts: &Parts, attempts: TokenStream) -> TokenStream {
        let policies = &self.stack.policies;
        let mut answer = attempts;
        if policies.on_unknown.is_some()
            && (policies.failover.is_some() || policies.fallback.is_some())
        {
            let resolved = quote_spanned! {Span::mixed_site()=>
                __run.resolved(&mut __kept);
                __answer
            };
            let resolved = behind(&quote!({ #answer }), &resolved);
            answer = quote!({ #resolved });
        }
        if let Some(failover) = &policies.failover {
            let providers = self.providers(parts, &failover.providers);
            answer = behind(&answer, &providers);
        }
        if let Some(fallback) = &policies.fallback {
            if policies.failover.is_some() {
                answer = quote!({ #answer });
            }
            answer = behind(&answer, &self.fallback(parts, fallback));
        }
        if policies.failover.is_some() || policies.fallback.is_some() {
            let over = quote_spanned! {Span::mixed_site()=>
                __run.over(&__kept);
                __answer
            };
            answer = behind(&quote!({ #answer }), &over);
        }
        answer
    }

    /// Each provider inside the one before it: whoever was not called is no reason to call the next.
    fn providers(&self, parts: &Parts, providers: &[ExprPath]) -> TokenStream {
        let site = Span::mixed_site();
        let Some((path, rest)) = providers.split_first() else {
            return quote_spanned!(site=> __answer);
        };
        let (to, output) = (shown(path), self.output());
        let failover = self.stack.policies.failover.as_ref();
        let same_system = failover.is_some_and(|failover| failover.same_system);
        let span = site.located_at(path.span());
        let call = parts.stand_in(same_system, &self.provider(path), span);
        let next = quote_spanned!(span=> let __next: #output = #call.await;);
        let taken = quote_spanned!(site=> __run.take_over(&mut __kept, __answer, __next));
        let taken = if rest.is_empty() {
            taken
        } else {
            behind(&taken, &self.providers(parts, rest))
        };
        quote_spanned! {site=>
            if __run.fails_over(&__kept, #to) {
                #next
                #taken
            } else {
                __answer
            }
        }
    }

    /// A provider's call, which must declare an effect that is at most the function's own.
    fn provider(&self, path: &ExprPath) -> TokenStream {
        let span = Span::mixed_site().located_at(path.span());
        let (private, call) = (respan(&self.private, span), self.called(path));
        let within = self.within(&private, span);
        quote_spanned! {span=> {
            #[allow(unused_imports)]
            use #private::Silent as _;
            #private::Awaiting(#call).__provider()#within
        }}
    }

    fn fallback(&self, parts: &Parts, fallback: &Fallback) -> TokenStream {
        let (site, any) = (Span::mixed_site(), fallback.any);
        let instead = match &fallback.source {
            Some(Source::Path(path)) => self.fallback_path(parts, path),
            Some(Source::Default(word)) => {
                let span = site.located_at(*word);
                quote_spanned!(span=> __run.default_answer(&mut __kept))
            }
            // Where it could not be read an error says so, and nothing is rendered.
            None => quote_spanned!(site=> __answer),
        };
        quote_spanned! {site=>
            if __run.falls_back(&__kept, #any) {
                #instead
            } else {
                __answer
            }
        }
    }

    /// Awaited like a call of the body, and checked like one.
    fn fallback_path(&self, parts: &Parts, path: &ExprPath) -> TokenStream {
        let span = Span::mixed_site().located_at(path.span());
        let (private, call, output) = (
            respan(&self.private, span),
            self.called(path),
            self.output(),
        );
        let declared = self.must_declare(span);
        let (within, judge) = (self.within(&private, span), &parts.judge_other);
        let future = quote_spanned! {span=> {
            #[allow(unused_imports)]
            use #private::{AtOnce as _, Silent as _};
            #private::Awaiting(#private::Fallback(#call).__future())#declared #within
        }};
        let next = quote_spanned!(span=> let __next: #output = #future.await;);
        quote_spanned! {Span::mixed_site()=>
            #next
            __run.fell_back(&mut __kept, __answer, __next, #judge)
        }
    }

    /// The path with the function's own arguments; the last one that is called gets what would be cloned for the others.
    fn called(&self, path: &ExprPath) -> TokenStream {
        let last = self.stack.others().last();
        let last = last.is_some_and(|last| std::ptr::eq(last, path));
        let arguments = passed(self.stack, self.target, &quote!(#last));
        quote!(#path(#arguments))
    }

    /// What `strict` asks of an awaited expression.
    pub(super) fn must_declare(&self, span: Span) -> Option<TokenStream> {
        let strict = self.stack.common.strict;
        strict.map(|_| quote_spanned!(span=> .__declared()))
    }

    /// The check that an awaited expression has to pass.
    pub(super) fn within(&self, private: &TokenStream, span: Span) -> TokenStream {
        if self.stack.common.allows("effect") {
            return quote_spanned!(span=> .0);
        }
        if let Some(own) = self.effects.within.map(Effect::name) {
            quote_spanned!(span=> .__within::<#private::#own>())
        } else {
            quote_spanned!(span=> .__harmless())
        }
    }
}

/// The first expression's value as `__answer` in front of the second.
fn behind(first: &TokenStream, second: &TokenStream) -> TokenStream {
    quote_spanned! {Span::mixed_site()=>
        let __answer = #first;
        #second
    }
}

/// A path as people write it.
pub(crate) fn shown(path: &ExprPath) -> String {
    path.to_token_stream().to_string().replace(' ', "")
}
