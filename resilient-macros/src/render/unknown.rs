//! `on_unknown` around the attempts: the watch over one logical call, and the questions behind a lost answer.
//!
//! ```text
//! let __watch = Watch::new(.., &key); let __key = __watch.key();         once for each logical call
//! attempt(.., __watch.noted(async { body }, refuse), ..).await           the intent is written before the body is polled
//! resolve(&mut run, &__watch, __attempt, remedy).await                   behind each attempt, of an idempotent write behind the last
//! ```

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned as _;

use super::judge::respan;
use super::parts::Parts;
use super::{Render, replay};
use crate::policy::effect::Effect;
use crate::policy::on_unknown::OnUnknown;
use crate::target::reference;

impl Render<'_> {
    /// The watch, and the key that the questions are asked with. Before the arguments are taken apart.
    pub(super) fn watch(&self) -> TokenStream {
        let Some(on_unknown) = &self.stack.policies.on_unknown else {
            return TokenStream::new();
        };
        let (private, key) = (&self.private, self.named_self(&on_unknown.key));
        let journal = on_unknown.journal.as_ref().map(|journal| {
            let journal = self.named_self(journal);
            quote_spanned!(Span::mixed_site().located_at(journal.span())=> .journal(&#journal))
        });
        quote_spanned! {Span::mixed_site()=>
            let __watch = #private::unknown::Watch::new(&__CALL, &__ON_UNKNOWN, &(#key)) #journal;
            let __key = __watch.key();
        }
    }

    /// The body with its intent in front of it.
    pub(super) fn noted(&self, parts: &Parts, body: TokenStream) -> TokenStream {
        if self.stack.policies.on_unknown.is_none() {
            return body;
        }
        let absorb = &parts.absorb_alone;
        quote_spanned!(Span::mixed_site()=> __watch.noted(#body, #absorb))
    }

    /// `detach`: the whole call goes on without its caller.
    pub(super) fn detached(&self, future: TokenStream) -> TokenStream {
        let on_unknown = self.stack.policies.on_unknown.as_ref();
        let Some(span) = on_unknown.and_then(|on_unknown| on_unknown.detach) else {
            return future;
        };
        let span = Span::mixed_site().located_at(span);
        let private = respan(&self.private, span);
        quote_spanned!(span=> #private::unknown::detached(#future))
    }

    /// What follows each attempt.
    pub(super) fn behind_attempt(&self, parts: &Parts) -> TokenStream {
        let Some(on_unknown) = &self.stack.policies.on_unknown else {
            return TokenStream::new();
        };
        let resolved = (!self.is_resolved_once()).then(|| {
            let (private, remedy) = (&self.private, self.remedy(parts, on_unknown));
            quote_spanned! {Span::mixed_site()=>
                let __attempt =
                    #private::unknown::resolve(&mut __run, &__watch, __attempt, #remedy).await;
            }
        });
        quote_spanned! {Span::mixed_site()=>
            __watch.attempted(&mut __run);
            #resolved
        }
    }

    /// What follows the last attempt; `answer` is the expression of all of them.
    pub(super) fn behind_attempts(&self, parts: &Parts, answer: TokenStream) -> TokenStream {
        let on_unknown = self.stack.policies.on_unknown.as_ref();
        let Some(on_unknown) = on_unknown.filter(|_| self.is_resolved_once()) else {
            return answer;
        };
        let (private, remedy) = (&self.private, self.remedy(parts, on_unknown));
        let policies = &self.stack.policies;
        // Whoever answers instead ends the call behind that.
        let instead = policies.failover.is_some() || policies.fallback.is_some();
        let over = (!instead).then(|| {
            quote_spanned! {Span::mixed_site()=>
                __run.resolved(&mut __kept);
                __run.over(&__kept);
            }
        });
        quote_spanned! {Span::mixed_site()=>
            let __answer = #answer;
            let __unknown = __kept.is_unknown();
            let __answer =
                #private::unknown::resolve_last(&mut __run, &__watch, __unknown, __answer, #remedy).await;
            #over
            __answer
        }
    }

    /// A write that may be repeated is repeated first, and its outcome looked for only then.
    fn is_resolved_once(&self) -> bool {
        self.effects.class() != Effect::NonIdempotent
    }

    /// The calls of `confirm` and `cancel`, and how their results become the function's.
    fn remedy(&self, parts: &Parts, on_unknown: &OnUnknown) -> TokenStream {
        let (private, output) = (&self.private, self.output());
        let confirm = on_unknown.confirm.as_ref();
        let confirm = confirm.map(|path| self.asked("confirms", path, &quote!(#output, _)));
        let cancel = on_unknown.cancel.as_ref();
        let cancel = cancel.map(|cancel| self.asked("cancels", &cancel.path, &quote!(_)));
        let confirm = confirm.unwrap_or_else(|| quote!(#private::unknown::unasked()));
        let cancel = cancel.unwrap_or_else(|| quote!(#private::unknown::unasked::<()>()));
        let absorb = &parts.absorb_alone;
        quote_spanned! {Span::mixed_site()=>
            #private::unknown::Remedy {
                confirm: || #confirm,
                cancel: || #cancel,
                source: |__answer: #output| {
                    #[allow(unused_imports)]
                    use #private::unknown::Uncarried as _;
                    #private::unknown::Carried(__answer).__source()
                },
                absorb: #absorb,
            }
        }
    }

    /// A call of one of the paths; errors about what it does or returns stand at the path.
    fn asked(&self, check: &str, path: &Path, types: &TokenStream) -> TokenStream {
        let span = Span::mixed_site().located_at(path.span());
        // What is joined from several places has none, and the error would stand at the attribute.
        let (private, types) = (respan(&self.private, span), respan(types, span));
        let check = Ident::new(check, span);
        let receiver = self.lent_self().map(|this| quote!(#this,));
        let key = Ident::new("__key", Span::mixed_site());
        let call = quote_spanned!(span=> #path(#receiver #key));
        quote_spanned!(span=> #private::unknown::#check::<#types>(#call))
    }

    /// `self` by reference, as the questions take it.
    fn lent_self(&self) -> Option<TokenStream> {
        let receiver = self.target.receiver()?;
        let this = Ident::new("self", receiver.self_token.span);
        if self.stack.clones("self") {
            let slot = replay::slot(self.target, &this);
            return Some(quote!(#slot.look()));
        }
        let this = replay::replayed(self.target, &this);
        Some(match reference(receiver) {
            Some((_, false)) => quote!(#this),
            Some((_, true)) => quote!(&*#this),
            None => quote!(&#this),
        })
    }

    /// An expression over the arguments, with the name that `self` has here.
    fn named_self(&self, expr: &impl ToTokens) -> TokenStream {
        let tokens = expr.to_token_stream();
        if self.is_boxed() {
            replay::rename_self(tokens)
        } else {
            tokens
        }
    }
}
