//! The layers around a body whose arguments are used more than once: the loop of the attempts, and what answers instead.
//!
//! ```text
//! gates; run; slots of the cloned arguments        set up once for each logical call
//! answer = loop {                                  `retry`; without it no loop, and the answer is settled at once
//!     clones; attempt                              one attempt, and whatever belongs to each one alone
//!     settle; backoff; before_retry
//! }
//! answer = next provider                           `failover`, while there is no answer
//! answer = fallback                                `fallback`, outside of the total time
//! ```

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

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
        let before_retry = parts.before_retry(self.stack, self.target, retry);
        quote_spanned! {Span::mixed_site()=>
            loop {
                #attempt
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
        let (clones, future) = (self.clones(), self.future_of_attempt(parts));
        let behind = self.behind_attempt(parts);
        quote_spanned! {Span::mixed_site()=>
            #clones
            let __attempt = #future.await;
            #behind
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
            // Whoever asks the service behind the last attempt needs the client.
            let asked = *name == "self" && self.stack.policies.on_unknown.is_some();
            let last = if others || asked {
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

    /// The future of one attempt, its body quoted once.
    fn future_of_attempt(&self, parts: &Parts) -> TokenStream {
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
        let body = self.block(&kind, &quote!(#edge #statements));
        parts.attempt(&self.noted(parts, body))
    }

    pub(super) fn is_boxed(&self) -> bool {
        matches!(self.target.body, Body::Boxed(_))
    }
}
