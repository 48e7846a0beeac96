//! The rules: named functions that each look at one thing, run in a row over the whole stack.
//!
//! A rule says what is wrong, what it would do at run time and what to write instead. It is silent where
//! it cannot prove its point. Questions about types go to the compiler, as trait bounds in the output.

mod body;
mod borrow;
mod database;
mod effect;
mod hedge;
mod instead;
mod moves;
mod numbers;
mod on_unknown;
mod repeat;
mod shape;
mod time;

use crate::diagnostics::Errors;
use crate::stack::Stack;
use crate::target::Target;

/// The rules that `allow(..)` can switch off.
pub(crate) const ALLOWABLE: &[&str] = &[
    "effect",
    "in_transaction",
    "lost_write",
    "many_attempts",
    "nested",
    "post",
    "several_calls",
    "total_too_short",
    "unread_response",
    "window_too_short",
];

type Rule = fn(&Stack, &Target, &mut Errors);

/// Each rule behind the attributes it concludes from: while one of them has errors of its own, what it does not
/// say proves nothing, and the rule is silent.
const RULES: &[(&[&str], Rule)] = &[
    (&[], shape::policy_on_trait_method_without_body),
    (&[], shape::sync_function),
    (&[], shape::function_that_cannot_fail),
    (&[], shape::option_that_does_nothing),
    (&[], shape::dependency_that_names_nothing),
    (&["retry", "timeout"], shape::strict_says_everything),
    (&["retry"], effect::retry_without_effect),
    (&["retry"], effect::effect_contradiction),
    (
        &["retry", "timeout"],
        effect::timeout_needs_a_plan_for_the_unknown_outcome,
    ),
    (&["retry", "failover"], instead::failover_without_effect),
    (&["retry", "fallback"], instead::fallback_without_effect),
    (&["retry", "fallback"], instead::fallback_hides_a_write),
    (&[], instead::answers_with_itself),
    (&["retry", "hedge"], hedge::hedge_of_a_non_idempotent_call),
    (&["retry", "hedge"], hedge::hedge_without_effect),
    (&[], hedge::hedge_with_mut),
    (&["hedge", "timeout"], hedge::hedge_never_sent),
    (&["timeout"], time::bare_timeout_beside_retry),
    (&[], time::attempt_without_retry),
    (&[], time::attempt_longer_than_total),
    (&["retry", "timeout"], time::second_attempt_never_starts),
    (
        &["retry", "timeout", "failover"],
        time::failover_never_starts,
    ),
    (&["timeout"], time::least_too_long),
    (&[], numbers::many_attempts),
    (&["retry"], numbers::backoff_reversed),
    (&["breaker"], numbers::breaker_open_longer_than_max_open),
    (&["breaker", "timeout"], numbers::breaker_window_too_short),
    (&["breaker"], numbers::breaker_that_never_decides),
    (&["breaker"], numbers::breaker_slow_calls),
    (&[], numbers::rate_limit_waits_longer_than_total),
    (&[], numbers::bulkhead_waits_longer_than_total),
    (&[], repeat::cloned_name_is_no_argument),
    (
        &["retry", "hedge", "failover", "fallback"],
        repeat::mut_argument,
    ),
    (
        &["retry", "hedge", "failover", "fallback"],
        repeat::consumed_argument,
    ),
    (
        &["retry", "hedge", "failover", "fallback"],
        instead::argument_for_several,
    ),
    (&["failover", "fallback"], instead::clone_for_nobody),
    (&[], borrow::result_borrows_from_mut_input),
    (&["database"], database::call_inside_a_transaction),
    (&["on_unknown"], on_unknown::on_unknown_without_key),
    (&["on_unknown"], on_unknown::on_unknown_without_remedy),
    (&["on_unknown"], on_unknown::cancel_that_is_never_final),
    (&["retry"], on_unknown::on_unknown_of_a_read),
    (&[], on_unknown::settles_too_long),
    (&["timeout"], on_unknown::on_unknown_never_starts),
    (&[], on_unknown::unknown_to_caller_beside_on_unknown),
    (&[], on_unknown::detach_with_a_borrow),
    (&["retry", "on_unknown"], on_unknown::remedy_without_self),
    (&["retry", "hedge"], body::post_without_idempotency_key),
];

/// Runs every rule that has enough to conclude from.
pub(crate) fn run(stack: &Stack, target: &Target, errors: &mut Errors) {
    for (attributes, rule) in RULES {
        if attributes.iter().all(|name| stack.understood(name)) {
            rule(stack, target, errors);
        }
    }
}
