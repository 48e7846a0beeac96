//! The closure that says what an answer means.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::stack::Stack;

/// The closure that says what an attempt's answer means; errors about missing classifiers stand at the return type.
pub(super) fn judge(stack: &Stack, private: &TokenStream, span: Span) -> TokenStream {
    judged(stack, &respan(private, span), span, true)
}

/// The same for the answer of somebody else: what concerns this function's attempts has no say in it.
pub(super) fn judge_other(stack: &Stack, private: &TokenStream, span: Span) -> TokenStream {
    judged(stack, &respan(private, span), span, false)
}

/// What the breaker and the retry want to know of an attempt.
fn more(stack: &Stack, span: Span) -> TokenStream {
    let policies = &stack.policies;
    let mut more = TokenStream::new();
    let ignored = policies.breaker.as_ref();
    if let Some(path) = ignored.and_then(|breaker| breaker.ignore.as_ref()) {
        more.extend(quote_spanned!(span=> .ignore(__answer, #path)));
    }
    let repeatable = policies.retry.as_ref();
    if let Some(path) = repeatable.and_then(|retry| retry.when.as_ref()) {
        more.extend(quote_spanned!(span=> .when(__answer, #path)));
    }
    more
}

fn judged(stack: &Stack, private: &TokenStream, span: Span, of_attempt: bool) -> TokenStream {
    let common = &stack.common;
    if !stack.classifies() && common.classify.is_none() && common.failed.is_none() {
        return says(private, |failure| quote!(#private::Verdict::said(#failure)));
    }
    let mut judged = if let Some(path) = &common.classify {
        quote_spanned!(span=> #private::judge_with(__answer, #path))
    } else {
        quote_spanned!(span=> #private::judge(__answer))
    };
    if let Some(path) = &common.failed {
        judged.extend(quote_spanned!(span=> .or_failed(__answer, #path)));
    } else if !common.allows("unread_response") {
        judged = quote_spanned!(span=> { #private::Unread(__answer).__is_read(); #judged });
    }
    if of_attempt {
        judged.extend(more(stack, span));
    }
    if of_attempt && stack.policies.on_unknown.is_some() {
        let watch = Ident::new("__watch", Span::mixed_site());
        judged = quote_spanned!(span=> #watch.judged(#judged));
    }
    if common.failed.is_none() && !common.allows("unread_response") {
        quote_spanned! {span=> |__answer| {
            #[allow(unused_imports)]
            use #private::MayBeUnread as _;
            #judged
        }}
    } else {
        quote_spanned!(span=> |__answer| #judged)
    }
}

/// The closure for a function whose policies do not ask what an answer means: what it says by itself.
fn says(private: &TokenStream, say: impl FnOnce(TokenStream) -> TokenStream) -> TokenStream {
    let said = say(quote!((&#private::Outcome(__answer)).__failure()));
    quote! {
        |__answer| {
            #[allow(unused_imports)]
            use #private::{Mute as _, Plain as _};
            #said
        }
    }
}

/// The future of a call without policies, which tells the attempt around it what became of it.
pub(super) fn watched(private: &TokenStream, future: &TokenStream) -> TokenStream {
    let says = says(private, |failure| failure);
    quote!(#private::watched(#future, #says))
}

/// The same tokens at another place: spans that differ do not join, and an error would point at the attribute.
pub(super) fn respan(tokens: &TokenStream, span: Span) -> TokenStream {
    tokens
        .clone()
        .into_iter()
        .map(|mut token| {
            // Hygiene stays that of the call: only where the token stands is another.
            token.set_span(token.span().located_at(span));
            token
        })
        .collect()
}
