//! The layers around a body whose arguments are used more than once: the loop of the attempts, and what answers instead.
//!
//! ```text
//! gates; run; slots of the cloned arguments        set up once for each logical call
//! answer = loop {                                  `retry`; without it no loop, and the answer is settled at once
//!     clones; attempt                              one attempt, and whatever belongs to each one alone
//!     loop { clones; start(attempt); lanes }       `hedge`: in the attempt's place
//!     settle; backoff; before_retry
//! }
//! answer = next provider                           `failover`, while there is no answer
//! answer = fallback                                `fallback`, outside of the total time
//! ```

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::judge::respan;
use super::parts::Parts;
use super::{Render, replay};
use crate::policy::retry::Retry;
use crate::target::Body;

impl Render<'_> {
    /// Everything between the function's own block and its body, from the outside in.
    pub(super) fn layers(&self, parts: &Parts) -> TokenStream {
        let set_up = self.set_up(parts);
        let attempts = self.behind_attempts(parts, self.attempts(parts));
        let answer = self.instead(parts, attempts);
        quote!(#set_up #answer)
    }

    /// What one logical call has once, however many attempts it makes.
    fn set_up(&self, parts: &Parts) -> TokenStream {
        let private = &self.private;
        let slots = self.stack.cloned().into_iter().map(|name| {
            let (conditions, slot, replayed) = (
                replay::conditions(self.target, name),
                replay::slot(self.target, name),
                replay::replayed(self.target, name),
            );
            quote_spanned! {Span::mixed_site()=>
                #conditions let mut #slot = #private::Replay::new(#replayed);
            }
        });
        let (start, gates, watch) = (&parts.start, parts.gates(self.is_boxed()), self.watch());
        // Hygienic, so that an argument may be called `__run`.
        quote_spanned! {Span::mixed_site()=>
            #gates
            #watch
            let mut __run = #start;
            let mut __kept = #private::Kept::new();
            #(#slots)*
        }
    }

    /// The answer of all attempts; an expression.
    fn attempts(&self, parts: &Parts) -> TokenStream {
        match &self.stack.policies.retry {
            Some(retry) => self.repeated(parts, retry),
            None => self.single(parts),
        }
    }

    /// The loop: one attempt after the other until one settles.
    fn repeated(&self, parts: &Parts, retry: &Retry) -> TokenStream {
        let attempt = self.attempt(parts);
        let before_retry = self.before_retry(retry);
        quote_spanned! {Span::mixed_site()=>
            loop {
                #attempt
                if __run.is_answered(&mut __kept) {
                    break __attempt;
                }
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

    /// The user's hook before a repeat, inside the call's deadline. Awaited like a call of the body, and checked like one.
    fn before_retry(&self, retry: &Retry) -> TokenStream {
        let Some(path) = &retry.before_retry else {
            return TokenStream::new();
        };
        let span = Span::mixed_site().located_at(path.span());
        let (private, declared) = (respan(&self.private, span), self.must_declare(span));
        let within = self.within(&private, span);
        // The attempt may have used up its clone, so the hook gets one of its own.
        let arguments = replay::passed(self.stack, self.target, &quote!(false));
        let hook = quote_spanned! {span=> {
            #[allow(unused_imports)]
            use #private::Silent as _;
            #private::Awaiting(#path(#arguments))#declared #within
        }};
        let private = &self.private;
        quote_spanned! {Span::mixed_site()=>
            if !#private::within(&mut __run, #hook).await {
                break __kept.give_up();
            }
        }
    }

    /// The only attempt, settled at once.
    fn single(&self, parts: &Parts) -> TokenStream {
        let attempt = self.attempt(parts);
        quote_spanned! {Span::mixed_site()=>
            {
                #attempt
                __run.end(&mut __kept, __attempt)
            }
        }
    }

    /// Statements that leave the answer of one attempt in `__attempt`. What stands in an attempt's place goes where
    /// `#future` is, what looks at each attempt's answer behind it: both are inside the loop.
    fn attempt(&self, parts: &Parts) -> TokenStream {
        let behind = self.behind_attempt(parts);
        if self.stack.policies.hedge.is_some() {
            let lanes = self.lanes(parts);
            return quote_spanned! {Span::mixed_site()=>
                let __attempt = #lanes;
                #behind
            };
        }
        let run = quote_spanned!(Span::mixed_site()=> &mut __run);
        let clones = self.clones();
        let future = self.future_of_attempt(parts, &run, &TokenStream::new());
        quote_spanned! {Span::mixed_site()=>
            #clones
            let __attempt = #future.await;
            #behind
        }
    }

    /// One attempt as a race of lanes: the loop makes one lane after the other, the lanes say when.
    fn lanes(&self, parts: &Parts) -> TokenStream {
        let private = &self.private;
        // Lanes outlive the round that made them, so each owns its clones.
        let (mut packed, mut unpacked) = (TokenStream::new(), TokenStream::new());
        let others = self.stack.others().next().is_some();
        for name in self.stack.cloned() {
            let (conditions, slot, bound) = (
                replay::conditions(self.target, name),
                replay::slot(self.target, name),
                replay::bound(self.target, name),
            );
            let moved = format_ident!(
                "__moved_{}",
                replay::replayed(self.target, name),
                span = Span::mixed_site()
            );
            let last = if others || self.is_asked_after(name) {
                quote!(false)
            } else {
                quote_spanned!(Span::mixed_site()=> __lanes.as_mut().is_last())
            };
            packed.extend(quote_spanned! {Span::mixed_site()=>
                #conditions let #moved = #private::Moved::new(#slot.next(#last));
            });
            unpacked.extend(quote!(#conditions let #bound = #moved.take();));
        }
        let run = quote_spanned!(Span::mixed_site()=> __lanes.as_mut().next_run());
        let lane = self.future_of_attempt(parts, &run, &unpacked);
        quote_spanned! {Span::mixed_site()=>
            {
                let mut __lanes = ::core::pin::pin!(__run.lanes());
                loop {
                    #packed
                    let __lane = #lane;
                    __lanes.as_mut().start(__lane);
                    if let ::core::option::Option::Some(__answer) = __lanes.as_mut().await {
                        break __answer;
                    }
                }
            }
        }
    }

    /// The clones that the next attempt uses up.
    fn clones(&self) -> TokenStream {
        let others = self.stack.others().next().is_some();
        let clones = self.stack.cloned().into_iter().map(|name| {
            let (conditions, slot, bound) = (
                replay::conditions(self.target, name),
                replay::slot(self.target, name),
                replay::bound(self.target, name),
            );
            let last = if others || self.is_asked_after(name) {
                quote!(false)
            } else {
                quote_spanned!(Span::mixed_site()=> __run.is_last())
            };
            quote_spanned! {Span::mixed_site()=>
                #conditions let #bound = #slot.next(#last);
            }
        });
        quote!(#(#clones)*)
    }

    /// Whoever asks the service behind the last attempt needs the client.
    fn is_asked_after(&self, name: &Ident) -> bool {
        *name == "self" && self.stack.policies.on_unknown.is_some()
    }

    /// The future of one attempt, or of one lane of it, its body quoted once; `first` is what it does before.
    fn future_of_attempt(
        &self,
        parts: &Parts,
        run: &TokenStream,
        first: &TokenStream,
    ) -> TokenStream {
        let statements = if self.stack.clones("self") && !self.is_boxed() {
            replay::rename_self(self.statements.clone())
        } else {
            self.statements.clone()
        };
        let edge = self.edge();
        // Nobody needs the arguments afterwards: the body may have them.
        let kind = if self.stack.reuses_arguments() || self.stack.policies.on_unknown.is_some() {
            quote!(async)
        } else {
            quote!(async move)
        };
        let body = self.block(&kind, &quote!(#first #edge #statements));
        parts.attempt(run, &self.noted(parts, body))
    }

    pub(super) fn is_boxed(&self) -> bool {
        matches!(self.target.body, Body::Boxed(_))
    }
}
