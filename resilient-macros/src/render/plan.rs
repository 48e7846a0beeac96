//! The plan of a function as a constant expression, and the budget it is paid from.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::LitStr;

use super::duration;
use crate::plan::Effects;
use crate::policy::effect::Effect;
use crate::policy::hedge::Hedge;
use crate::policy::retry::{Budget, Growth, Retry};
use crate::stack::Stack;

pub(super) fn plan(
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
    let resolved_once =
        stack.policies.on_unknown.is_some() && effects.class() != Effect::NonIdempotent;
    if stack.policies.on_unknown.is_some() {
        plan.extend(quote!(.noted()));
    }
    if resolved_once || stack.policies.failover.is_some() || stack.policies.fallback.is_some() {
        plan.extend(quote!(.instead()));
    }
    if stack.common.allows("effect") {
        plan.extend(quote!(.vouched()));
    }
    if let Some(retry) = &stack.policies.retry {
        let retry = self::retry(retry, place, private, statics);
        plan.extend(quote!(.retry(#retry)));
    }
    if let Some(hedge) = &stack.policies.hedge {
        let shared = retry_pays(stack);
        let hedge = self::hedge(hedge, (shared, dependency(stack)), place, private, statics);
        plan.extend(quote!(.hedge(#hedge)));
    }
    plan
}

fn dependency(stack: &Stack) -> Option<&LitStr> {
    stack.policies.dependency.as_ref()?.name.as_ref()
}

/// Whether there is a budget of the retry's that hedges are paid from, too.
pub(super) fn retry_pays(stack: &Stack) -> bool {
    let budget = |retry: &Retry| !matches!(retry.budget, Some(Budget::None));
    stack.policies.retry.as_ref().is_some_and(budget)
}

fn hedge(
    hedge: &Hedge,
    (shared, dependency): (bool, Option<&LitStr>),
    place: &TokenStream,
    private: &TokenStream,
    statics: &mut TokenStream,
) -> TokenStream {
    let settings = hedge.settings(private);
    let hedged = if let Some(dependency) = dependency {
        quote!(#private::hedge::Hedge::unnamed_of(#dependency, #settings, #place))
    } else {
        quote!(#private::hedge::Hedge::unnamed(#settings, #place))
    };
    statics.extend(quote!(static __HEDGE: #private::hedge::Hedge = #hedged;));
    let mut tokens = quote!(#private::Hedged::new(&__HEDGE));
    if hedge.budget.is_none() && shared {
        return tokens;
    }
    if let Some(budget) = budget(hedge.budget.as_ref(), place, private) {
        statics.extend(quote!(static __HEDGE_BUDGET: #private::budget::Budget = #budget;));
        tokens.extend(quote!(.budget(&__HEDGE_BUDGET)));
    }
    tokens
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
    Some(if let Some(name) = name {
        quote!(#private::budget::Budget::named(#name, #settings, #place))
    } else {
        quote!(#private::budget::Budget::unnamed(#settings, #place))
    })
}
