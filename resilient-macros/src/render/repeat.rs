//! The loop around a body that is repeated.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::parts::Parts;
use super::{Render, replay};
use crate::target::Body;

impl Render<'_> {
    /// The loop: one attempt after the other until one settles.
    pub(super) fn repeated(&self, parts: &Parts) -> TokenStream {
        let private = &self.private;
        let Some(retry) = self.stack.policies.retry.as_ref() else {
            return self.statements.clone();
        };
        let boxed = matches!(self.target.body, Body::Boxed(_));
        let replayed = retry
            .clone
            .iter()
            .map(|name| replay::replayed(self.target, name));
        let conditions: Vec<TokenStream> = retry
            .clone
            .iter()
            .map(|name| replay::conditions(self.target, name))
            .collect();
        let slots: Vec<Ident> = retry
            .clone
            .iter()
            .map(|name| replay::slot(self.target, name))
            .collect();
        let bound: Vec<TokenStream> = retry
            .clone
            .iter()
            .map(|name| replay::bound(self.target, name))
            .collect();
        let statements = if retry.clones("self") && !boxed {
            replay::rename_self(self.statements.clone())
        } else {
            self.statements.clone()
        };
        let edge = self.edge();
        let block = self.block(&quote!(async), &quote!(#edge #statements));
        let attempt = parts.attempt(&block);
        let (start, gates, before_retry) = (
            &parts.start,
            parts.gates(boxed),
            parts.before_retry(self.target, retry),
        );
        // Hygienic, so that an argument may be called `__run`.
        quote_spanned! {Span::mixed_site()=>
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
