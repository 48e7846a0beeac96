//! The pieces a function is put together from: statics, gates, the judge of answers, the plan.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{PathArguments, Type, TypeParamBound};

use crate::plan::Effects;
use crate::policy::naming::{Naming, Source};
use crate::policy::retry::{Budget, Growth, Reason, Retry};
use crate::stack::Stack;
use crate::target::{Body, Target};

use super::duration;

pub(super) struct Parts {
    /// The call's site and the states it owns.
    pub(super) statics: TokenStream,
    /// Starts one logical call; an expression.
    pub(super) start: TokenStream,
    /// Whether a policy's key is an expression over the arguments.
    pub(super) keyed: bool,
    private: TokenStream,
    gates: Option<TokenStream>,
    judge: TokenStream,
    absorb: TokenStream,
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
        if stack.has_policy() {
            let plan = plan(stack, effects, &place, private, &mut statics);
            statics.extend(quote! {
                static __CALL: #private::Site =
                    #private::Site::new(#place, ::core::concat!(::core::module_path!(), "::", #name), #plan);
            });
        }
        let policies = &stack.policies;
        let keys = [
            policies.breaker.as_ref().map(|b| &b.naming),
            policies.bulkhead.as_ref().map(|b| &b.naming),
        ];
        Self {
            statics,
            start: start(stack, target, private),
            keyed: keys
                .into_iter()
                .flatten()
                .any(|naming| naming.key.is_some()),
            private: private.clone(),
            gates,
            judge: judge(stack, private, span),
            absorb: match &stack.common.rejected {
                Some(path) => quote!(|__rejected| #private::absorb_with(#path, __rejected)),
                None => {
                    let private = respan(private, span);
                    quote_spanned!(span=> |__rejected| #private::absorb(__rejected))
                }
            },
        }
    }

    /// The future of one attempt inside the loop.
    pub(super) fn attempt(&self, body: &TokenStream) -> TokenStream {
        let Self {
            private,
            judge,
            absorb,
            ..
        } = self;
        match &self.gates {
            Some(_) => quote!(#private::attempt(&mut __run, &__gates, #body, #judge, #absorb)),
            None => quote!(#private::bare(&mut __run, #body, #judge)),
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

    /// The gates as a statement in front of the loop.
    pub(super) fn gates(&self, rename_self: bool) -> TokenStream {
        match &self.gates {
            Some(gates) if rename_self => {
                let gates = self::rename_self(gates.clone());
                quote!(let __gates = #gates;)
            }
            Some(gates) => quote!(let __gates = #gates;),
            None => TokenStream::new(),
        }
    }

    /// The user's hook before a repeat, inside the call's deadline.
    pub(super) fn before_retry(&self, target: &Target, retry: &Retry) -> TokenStream {
        let Some(path) = &retry.before_retry else {
            return TokenStream::new();
        };
        let private = &self.private;
        let arguments = target.arguments();
        // The attempt may have used up its clone, so the hook gets one of its own.
        let passed = |name: &Ident, own: TokenStream| {
            if retry.clones(&name.to_string()) {
                let slot = slot(target, name);
                quote!(#slot.next(false))
            } else {
                own
            }
        };
        let names = arguments.iter().map(|argument| {
            let conditions = argument.conditions();
            let passed = passed(&argument.name, argument.name.to_token_stream());
            quote!(#(#conditions)* #passed)
        });
        let receiver = target.receiver().map(|receiver| {
            let this = Ident::new("self", receiver.self_token.span);
            if matches!(target.body, Body::Boxed(_)) {
                passed(&this, quote!(__self))
            } else {
                passed(&this, receiver.self_token.to_token_stream())
            }
        });
        let arguments = receiver.into_iter().chain(names);
        quote! {
            if !#private::within(&mut __run, #path(#(#arguments),*)).await {
                break __kept.give_up();
            }
        }
    }
}

/// Whether this word is among the tokens.
pub(super) fn mentions(tokens: TokenStream, name: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == *name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        _ => false,
    })
}

/// Where the clones of an argument, or of `self`, come from.
pub(super) fn slot(target: &Target, name: &Ident) -> Ident {
    format_ident!(
        "__replay_{}",
        replayed(target, name),
        span = Span::mixed_site()
    )
}

/// What is cloned for every attempt; `#[async_trait]` calls `self` by another name.
pub(super) fn replayed(target: &Target, name: &Ident) -> Ident {
    if name == "self" && matches!(target.body, Body::Boxed(_)) {
        Ident::new("__self", Span::call_site())
    } else {
        name.clone()
    }
}

fn output_span(target: &Target) -> Span {
    match &target.sig.output {
        syn::ReturnType::Default => target.sig.ident.span(),
        syn::ReturnType::Type(_, ty) => syn::spanned::Spanned::span(ty),
    }
}

fn gates(
    stack: &Stack,
    place: &TokenStream,
    private: &TokenStream,
    statics: &mut TokenStream,
) -> TokenStream {
    let breaker = stack.policies.breaker.as_ref().map(|breaker| {
        gate(
            &breaker.naming,
            "breaker",
            "Breaker",
            &breaker.settings(private),
            place,
            private,
            statics,
        )
    });
    let bulkhead = stack.policies.bulkhead.as_ref().map(|bulkhead| {
        gate(
            &bulkhead.naming,
            "bulkhead",
            "Bulkhead",
            &bulkhead.settings(private),
            place,
            private,
            statics,
        )
    });
    let absent = || quote!(#private::Absent);
    let (breaker, bulkhead) = (
        breaker.unwrap_or_else(absent),
        bulkhead.unwrap_or_else(absent),
    );
    quote!(#private::Gates { breaker: #breaker, bulkhead: #bulkhead })
}

/// One policy's gate: where its state is, and under which key.
fn gate(
    naming: &Naming,
    policy: &str,
    ty: &str,
    settings: &TokenStream,
    place: &TokenStream,
    private: &TokenStream,
    statics: &mut TokenStream,
) -> TokenStream {
    let module = Ident::new(policy, Span::mixed_site());
    let ty = Ident::new(ty, Span::mixed_site());
    let state = Ident::new(&format!("__{}", policy.to_uppercase()), Span::mixed_site());
    let mut own = |constructor: TokenStream| {
        statics.extend(quote!(static #state: #private::#module::#ty = #constructor;));
        quote!(#private::#module::Gate::shared(&#state))
    };
    let gate = match &naming.source {
        Source::Own => own(quote!(#private::#module::#ty::unnamed(#settings, #place))),
        Source::Named(name) => own(quote!(#private::#module::#ty::named(#name, #settings, #place))),
        // The `&` stands with what it borrows, or a value of another type would be reported at the attribute.
        Source::Static(path) => {
            let state = quote_spanned!(syn::spanned::Spanned::span(path)=> &#path);
            quote!(#private::#module::Gate::shared(#state))
        }
        Source::Field(field) => {
            let state = quote_spanned!(syn::spanned::Spanned::span(field)=> &#field);
            quote!(#private::#module::Gate::owned(#state))
        }
    };
    match &naming.key {
        Some(key) => quote!(#gate.keyed(#private::key_hash(&(#key)))),
        None => gate,
    }
}

fn plan(
    stack: &Stack,
    effects: Effects,
    place: &TokenStream,
    private: &TokenStream,
    statics: &mut TokenStream,
) -> TokenStream {
    let class = effects.class().class();
    let mut plan = quote!(#private::Plan::new(#private::Class::#class));
    if let Some(timeout) = &stack.policies.timeout {
        for (name, at) in [
            ("total", timeout.whole()),
            ("attempt", timeout.attempt),
            ("least", timeout.least),
        ] {
            if let Some(at) = at {
                let (name, value) = (
                    Ident::new(name, Span::mixed_site()),
                    duration(private, at.value),
                );
                plan.extend(quote!(.#name(#value)));
            }
        }
    }
    if stack.common.allows("effect") {
        plan.extend(quote!(.vouched()));
    }
    if let Some(retry) = &stack.policies.retry {
        let retry = self::retry(retry, place, private, statics);
        plan.extend(quote!(.retry(#retry)));
    }
    plan
}

fn retry(
    retry: &Retry,
    place: &TokenStream,
    private: &TokenStream,
    statics: &mut TokenStream,
) -> TokenStream {
    let attempts = retry.attempts();
    let mut tokens = quote!(#private::Retry::new(#attempts));
    if retry.not_sent() {
        tokens.extend(quote!(.not_sent()));
    }
    if let Some(backoff) = &retry.backoff {
        let base = duration(
            private,
            backoff
                .base
                .map_or(crate::policy::retry::BASE, |at| at.value),
        );
        let backoff = match backoff.growth {
            Growth::Fixed => quote!(#private::Backoff::fixed(#base)),
            Growth::Exponential => {
                let mut grown = quote!(#private::Backoff::exponential(#base));
                if let Some(factor) = backoff.factor {
                    let factor = factor.value;
                    grown.extend(quote!(.factor(#factor)));
                }
                if let Some(max) = backoff.max {
                    let max = duration(private, max.value);
                    grown.extend(quote!(.max(#max)));
                }
                grown
            }
        };
        tokens.extend(quote!(.backoff(#backoff)));
    }
    if !retry.jitter {
        tokens.extend(quote!(.no_jitter()));
    }
    if let Some(at) = retry.max_server_delay {
        let value = duration(private, at.value);
        tokens.extend(quote!(.max_server_delay(#value)));
    }
    if let Some(budget) = budget(retry.budget.as_ref(), place, private) {
        statics.extend(quote!(static __BUDGET: #private::budget::Budget = #budget;));
        tokens.extend(quote!(.budget(&__BUDGET)));
    }
    tokens
}

fn budget(
    budget: Option<&Budget>,
    place: &TokenStream,
    private: &TokenStream,
) -> Option<TokenStream> {
    let (name, earn, save) = match budget {
        Some(Budget::None) => return None,
        None => (None, None, None),
        Some(Budget::Own { earn, save }) => (None, *earn, *save),
        Some(Budget::Named { name, earn, save }) => (Some(name), *earn, *save),
    };
    let mut settings = quote!(#private::budget::Settings::new());
    if let Some(earn) = earn {
        let hundredths = earn.value;
        settings.extend(quote!(.earn(#private::breaker::Ratio::hundredths(#hundredths))));
    }
    if let Some(save) = save {
        let save = save.value;
        settings.extend(quote!(.save(#save)));
    }
    Some(match name {
        Some(name) => quote!(#private::budget::Budget::named(#name, #settings, #place)),
        None => quote!(#private::budget::Budget::unnamed(#settings, #place)),
    })
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
    match key {
        Some(key) => quote!(__CALL.start().with_key(#key)),
        None => quote!(__CALL.start()),
    }
}

/// The closure that says what an answer means; errors about missing classifiers stand at the return type.
fn judge(stack: &Stack, private: &TokenStream, span: Span) -> TokenStream {
    let (common, private) = (&stack.common, &respan(private, span));
    if !stack.classifies() && common.classify.is_none() && common.failed.is_none() {
        return says(private, |failure| quote!(#private::Verdict::said(#failure)));
    }
    let mut judged = match &common.classify {
        Some(path) => quote_spanned!(span=> #private::judge_with(__answer, #path)),
        None => quote_spanned!(span=> #private::judge(__answer)),
    };
    if let Some(path) = &common.failed {
        judged.extend(quote_spanned!(span=> .or_failed(__answer, #path)));
    } else if !common.allows("unread_response") {
        judged = quote_spanned!(span=> { #private::Unread(__answer).__is_read(); #judged });
    }
    if let Some(path) = stack
        .policies
        .breaker
        .as_ref()
        .and_then(|breaker| breaker.ignore.as_ref())
    {
        judged.extend(quote_spanned!(span=> .ignore(__answer, #path)));
    }
    if let Some(path) = stack
        .policies
        .retry
        .as_ref()
        .and_then(|retry| retry.when.as_ref())
    {
        judged.extend(quote_spanned!(span=> .when(__answer, #path)));
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
fn respan(tokens: &TokenStream, span: Span) -> TokenStream {
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

/// `X` out of `impl Into<X>`: under `clone(..)` converted once, before the loop.
pub(super) fn into_target(ty: &Type) -> Option<Type> {
    let Type::ImplTrait(ty) = ty else { return None };
    ty.bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else {
            return None;
        };
        let segment = bound
            .path
            .segments
            .last()
            .filter(|segment| segment.ident == "Into")?;
        let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
            return None;
        };
        arguments.args.iter().find_map(|argument| match argument {
            syn::GenericArgument::Type(ty) => Some(ty.clone()),
            _ => None,
        })
    })
}

/// Under which `#[cfg(..)]`s the argument is there.
pub(super) fn conditions(target: &Target, name: &Ident) -> TokenStream {
    let arguments = target.arguments();
    let argument = arguments.iter().find(|argument| argument.name == *name);
    let conditions = argument.into_iter().flat_map(|it| it.conditions());
    quote!(#(#conditions)*)
}

/// The name an attempt's clone gets, `mut` where the argument is.
pub(super) fn bound(target: &Target, name: &Ident) -> TokenStream {
    if name == "self" {
        let mutability = target.receiver().and_then(|receiver| receiver.mutability);
        return quote!(#mutability __self);
    }
    let mutability = target
        .arguments()
        .into_iter()
        .find(|argument| argument.name == *name)
        .and_then(|argument| argument.mutability);
    quote!(#mutability #name)
}

/// `self` as `__self`, so that a clone can stand in for it.
pub(super) fn rename_self(tokens: TokenStream) -> TokenStream {
    let mut tokens = tokens.into_iter().peekable();
    let mut renamed = TokenStream::new();
    while let Some(token) = tokens.next() {
        let token = match token {
            TokenTree::Ident(word) if word == "self" => {
                let path = matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
                TokenTree::Ident(if path {
                    word
                } else {
                    Ident::new("__self", word.span())
                })
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), rename_self(group.stream()));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            other => other,
        };
        renamed.extend([token]);
    }
    renamed
}
