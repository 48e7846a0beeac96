//! What a function says about its effect, and what its policies need to know of it.

use super::{Errors, Stack, Target};
use crate::plan;
use crate::policy::effect::Effect;
use crate::policy::retry::Reason;

const CHOICES: &str = "one of\n  `retry(read_only)`: it only reads\n  `retry(idempotent)`: carried out twice is like once\n  `retry(idempotency_key(order_id))`: the service deduplicates by a key you send\n  `retry(not_sent)`: every execution counts; repeat only what certainly never left";

/// `#[retry]` alone does not say why repeating is safe.
pub(super) fn retry_without_effect(stack: &Stack, _target: &Target, errors: &mut Errors) {
    let Some(retry) = stack
        .policies
        .retry
        .as_ref()
        .filter(|retry| retry.reason.is_none())
    else {
        return;
    };
    match stack.effect.map(|at| at.value) {
        Some(Effect::NonIdempotent) => errors.at(
            retry.span,
            "`retry` on a non-idempotent function",
            "a call whose answer was lost is sent again: the payment is charged twice",
            "`retry(not_sent)` to repeat only what certainly never left, or `retry(idempotency_key(order_id))` in place of both if the service deduplicates",
        ),
        Some(_) => {}
        None => errors.at(
            retry.span,
            "`retry` does not say what happens if the service does this twice",
            "a call whose answer was lost is sent again; if it is a payment, it is charged twice",
            CHOICES,
        ),
    }
}

/// The declaration and the retry's reason say different things.
pub(super) fn effect_contradiction(stack: &Stack, _target: &Target, errors: &mut Errors) {
    let Some(declared) = stack.effect else { return };
    let Some(reason) = stack
        .policies
        .retry
        .as_ref()
        .and_then(|retry| retry.reason.as_ref())
    else {
        return;
    };
    match &reason.value {
        Reason::Effect(effect) if *effect != declared.value => {
            let (says, word) = (effect.word(), declared.value.word());
            let write = if declared.value == Effect::NonIdempotent {
                "`retry(not_sent)`, or `retry(idempotency_key(order_id))` in place of both if the service deduplicates".to_owned()
            } else {
                format!("`retry({word})`, or the declaration that is true")
            };
            errors.at(
                reason.span,
                &format!("the function is declared `{word}`, and `retry({says})` says that it is `{says}`"),
                "the retry would repeat it on a promise that the declaration denies: the service may carry it out once for every attempt",
                &write,
            );
        }
        Reason::Key(Some(_)) if declared.value == Effect::NonIdempotent => errors.at(
            reason.span,
            "the function is declared `non_idempotent`, and a key from its arguments makes it idempotent",
            "callers would repeat it or not, depending on which of the two they believe",
            "`retry(idempotency_key(..))` without the declaration; or `retry(idempotency_key)`, a key for this call alone, if callers must not repeat it",
        ),
        Reason::Key(_) if declared.value != Effect::NonIdempotent => errors.at(
            declared.span,
            &format!("`{}` beside an idempotency key", declared.value.word()),
            "the key already makes the function idempotent for its callers, and a read needs none",
            "`retry(idempotency_key(..))` alone, or the effect without a key",
        ),
        _ => {}
    }
}

/// A time limit on a write leaves its outcome unknown, and somebody must deal with it.
pub(super) fn timeout_needs_a_plan_for_the_unknown_outcome(
    stack: &Stack,
    _target: &Target,
    errors: &mut Errors,
) {
    let Some(timeout) = &stack.policies.timeout else {
        return;
    };
    if stack.policies.on_unknown.is_some() {
        return;
    }
    // What counts is what callers may do: a key made for one call is gone when its time is up.
    let plan::Effects {
        within, outward, ..
    } = plan::effects(stack);
    let non_idempotent = outward == Some(Effect::NonIdempotent);
    match timeout.to_caller {
        None if non_idempotent && within != outward && is_keyed(stack) => errors.at(
            timeout.span,
            "a timeout on a function that fails over to a provider that does not know its idempotency key",
            "when the time is up either provider may still carry the call out, and a caller that asks again may reach the other one: it is carried out twice",
            "`same_system` in `failover(..)` if both are doors of one system, or `unknown(to_caller)` in `timeout(..)` if the caller deals with it",
        ),
        None if non_idempotent && within != outward && plan::reaches_another_system(stack) => {
            errors.at(
                timeout.span,
                "a timeout on a write that fails over to another system, without a plan for its unknown outcome",
                "when the time is up either provider may still carry the call out, and a caller that asks again may reach the other one: once at each of two is not like once",
                "`same_system` in `failover(..)` if both are doors of one system, or `unknown(to_caller)` in `timeout(..)` if the caller deals with it",
            );
        }
        None if non_idempotent && within != outward => errors.at(
            timeout.span,
            "a timeout on a function whose idempotency key lives for one call, without a plan for its unknown outcome",
            "when the time is up the service may still carry the call out, and a caller that asks again has another key: it is carried out twice",
            "`idempotency_key(order_id)`, a key that callers can give again, or `unknown(to_caller)` in `timeout(..)` if the caller deals with it",
        ),
        None if non_idempotent => errors.at(
            timeout.span,
            "a timeout on a non-idempotent function without a plan for its unknown outcome",
            "when the time is up the service may still carry the call out; an error that reads \"failed\" makes somebody pay again",
            "`#[on_unknown(key(order_id), confirm(Self::find_charge), settles = \"30s\")]` beside it to find out; or `unknown(to_caller)` in `timeout(..)` if the caller deals with it: it gets a `Rejected` whose `failure()` is `Unknown`",
        ),
        Some(span) if outward.is_none() => errors.at(
            span,
            "`unknown(to_caller)` on a function that does not declare its effect",
            "callers would repeat it without knowing that its outcome may be unknown",
            "`#[non_idempotent]` beside it, or no such option",
        ),
        Some(span) if !non_idempotent => errors.at(
            span,
            "`unknown(to_caller)` on a function that may be repeated",
            "the option would do nothing: an unknown outcome is simply asked again",
            "no such option here; it belongs on non-idempotent functions",
        ),
        _ => {}
    }
}

/// Whether the key comes from the arguments, so that only the other provider makes the function non-idempotent.
fn is_keyed(stack: &Stack) -> bool {
    let retry = stack.policies.retry.as_ref();
    let reason = retry.and_then(|retry| retry.reason.as_ref());
    reason.is_some_and(|at| matches!(at.value, Reason::Key(Some(_))))
}
