//! What may be sent twice at a time, and whether the second is ever sent.

use syn::visit::{self, Visit};

use super::{Errors, Stack, Target};
use crate::plan;
use crate::policy::effect::Effect;
use crate::target::reference;
use crate::value::show;

/// A hedge repeats without knowing that anything failed.
pub(super) fn hedge_of_a_non_idempotent_call(stack: &Stack, _target: &Target, errors: &mut Errors) {
    let Some(hedge) = &stack.policies.hedge else {
        return;
    };
    if plan::effects(stack).within != Some(Effect::NonIdempotent) {
        return;
    }
    errors.at(
        hedge.span,
        "a hedge of a call of which every execution counts",
        "when the first takes long the second is sent beside it, and the service carries out both: the payment is charged twice",
        "no hedge; or `retry(idempotency_key(order_id))` in place of the declaration if the service deduplicates by a key you send",
    );
}

pub(super) fn hedge_without_effect(stack: &Stack, _target: &Target, errors: &mut Errors) {
    let Some(hedge) = &stack.policies.hedge else {
        return;
    };
    if stack.policies.retry.is_some() || plan::effects(stack).within.is_some() {
        return;
    }
    errors.at(
        hedge.span,
        "`hedge` does not say what happens if the service does this twice",
        "when the first takes long the second is sent beside it; if it is a payment, it is charged twice",
        "`#[read_only]` beside it: it only reads; or `#[idempotent]`: carried out twice is like once",
    );
}

/// Two lanes run at the same time, and cannot both have it.
pub(super) fn hedge_with_mut(stack: &Stack, target: &Target, errors: &mut Errors) {
    if stack.policies.hedge.is_none() {
        return;
    }
    let mut refuse = |name: &str, tokens: &dyn quote::ToTokens| {
        errors.over(
            tokens.to_token_stream(),
            &format!("`{name}` is borrowed for changes, and two lanes of a hedge run at the same time"),
            "both would change it at once",
            "a shared reference, with a lock behind it where something has to change; every other policy takes the function as it is",
        );
    };
    if let Some(receiver) = target.receiver() {
        if let Some((_, true)) = reference(receiver) {
            refuse("self", receiver);
        }
    }
    for argument in target.arguments() {
        let mut unique = Unique(false);
        unique.visit_type(&argument.ty);
        if unique.0 {
            refuse(&argument.name.to_string(), &argument.ty);
        }
    }
}

/// Looks for `&mut` in a type, not in what a function of that type takes.
struct Unique(bool);

impl<'ast> Visit<'ast> for Unique {
    fn visit_parenthesized_generic_arguments(
        &mut self,
        _arguments: &'ast syn::ParenthesizedGenericArguments,
    ) {
    }
    fn visit_type_fn_ptr(&mut self, _function: &'ast syn::TypeFnPtr) {}
    fn visit_type_reference(&mut self, reference: &'ast syn::TypeReference) {
        self.0 |= reference.mutability.is_some();
        visit::visit_type_reference(self, reference);
    }
}

/// When the attempt or the whole call is over before the hedge is due.
pub(super) fn hedge_never_sent(stack: &Stack, _target: &Target, errors: &mut Errors) {
    let (Some(hedge), Some(timeout)) = (&stack.policies.hedge, &stack.policies.timeout) else {
        return;
    };
    let Some(after) = hedge.fixed() else { return };
    if let Some(attempt) = timeout
        .attempt
        .filter(|attempt| after.value >= attempt.value)
    {
        errors.at(
            after.span,
            &format!(
                "a hedge after {}, but the attempt is cut off after {}",
                show(after.value),
                show(attempt.value)
            ),
            "it ends before its hedge is due, so none is ever sent",
            "an `after` well below `attempt`, or `after = \"p95\"`",
        );
        return;
    }
    let Some(total) = timeout.whole() else { return };
    let due = after.value.saturating_mul(hedge.max());
    let least = super::time::least(stack);
    if due < total.value && due.saturating_add(least) <= total.value {
        return;
    }
    let (which, max) = match hedge.max {
        Some(max) if hedge.max() > 1 => (format!("hedge {}", hedge.max()), max.span),
        _ => ("a hedge".to_owned(), after.span),
    };
    let left = if least.is_zero() {
        String::new()
    } else {
        format!(", and {} must be left for it to start", show(least))
    };
    errors.at(
        max,
        &format!(
            "{which} is due after {}, too late for a total of {}",
            show(due),
            show(total.value)
        ),
        &format!("it is never sent{left}"),
        "a shorter `after`, a smaller `max`, or a longer total",
    );
}
