//! The layers around a body whose arguments are used more than once: the loop of the attempts, and what answers instead.
//!
//! ```text
//! gates; run; slots of the cloned arguments        set up once for each logical call
//! answer = loop { attempt; settle; backoff }       `retry`
//! answer                                           of the call
//! ```

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::parts::Parts;
use super::{Render, replay};
use crate::policy::retry::Retry;
use crate::target::Body;

impl Render<'_> {
    /// Everything between the function's own block and its body, from the outside in.
    pub(super) fn layers(&self, parts: &Parts) -> TokenStream {
        let set_up = self.set_up(parts);
        let Some(retry) = &self.stack.policies.retry else {
            return self.statements.clone();
        };
        let answer = self.repeated(parts, retry);
        quote!(#set_up #answer)
    }

    /// What one logical call has once, however many attempts it makes.
    fn set_up(&self, parts: &Parts) -> TokenStream {
        let private = &self.private;
        let boxed = matches!(self.target.body, Body::Boxed(_));
        let slots = self.stack.cloned().map(|name| {
            let (conditions, slot, replayed) = (
                replay::conditions(self.target, name),
                replay::slot(self.target, name),
                replay::replayed(self.target, name),
            );
            quote_spanned! {Span::mixed_site()=>
                #conditions let mut #slot = #private::Replay::new(#replayed);
            }
        });
        let (start, gates) = (&parts.start, parts.gates(boxed));
        // Hygienic, so that an argument may be called `__run`.
        quote_spanned! {Span::mixed_site()=>
            #gates
            let mut __run = #start;
            let mut __kept = #private::Kept::new();
            #(#slots)*
        }
    }

    /// The future of one attempt, its body quoted once.
    fn attempt(&self, parts: &Parts) -> TokenStream {
        let boxed = matches!(self.target.body, Body::Boxed(_));
        let statements = if self.stack.clones("self") && !boxed {
            replay::rename_self(self.statements.clone())
        } else {
            self.statements.clone()
        };
        let edge = self.edge();
        parts.attempt(&self.block(&quote!(async), &quote!(#edge #statements)))
    }

    /// The clones that the next attempt uses up.
    fn clones(&self) -> TokenStream {
        let clones = self.stack.cloned().map(|name: &Ident| {
            let (conditions, slot, bound) = (
                replay::conditions(self.target, name),
                replay::slot(self.target, name),
                replay::bound(self.target, name),
            );
            quote_spanned! {Span::mixed_site()=>
                #conditions let #bound = #slot.next(__run.is_last());
            }
        });
        quote!(#(#clones)*)
    }

    /// The loop: one attempt after the other until one settles.
    fn repeated(&self, parts: &Parts, retry: &Retry) -> TokenStream {
        let (clones, attempt) = (self.clones(), self.attempt(parts));
        let before_retry = parts.before_retry(self.stack, self.target, retry);
        quote_spanned! {Span::mixed_site()=>
            loop {
                #clones
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
