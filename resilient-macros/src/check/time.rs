//! Relations between the times of one stack.

use std::time::Duration;

use super::{Errors, Stack, Target};
use crate::plan;
use crate::policy::Policies;
use crate::policy::effect::Effect;
use crate::policy::retry::{BASE, Growth, Retry};
use crate::value::show;

/// With a retry, one value could mean the call or the attempt.
pub(super) fn bare_timeout_beside_retry(stack: &Stack, _target: &Target, errors: &mut Errors) {
    let Some(timeout) = &stack.policies.timeout else {
        return;
    };
    let Some(bare) = timeout.bare else {
        if timeout.total.is_none() && timeout.attempt.is_none() && timeout.least.is_none() {
            errors.at(
                timeout.span,
                "`timeout` has no duration",
                "",
                "`#[timeout(\"2s\")]`",
            );
        }
        return;
    };
    if timeout.total.is_some() {
        errors.at(
            bare.span,
            "`timeout` has two totals: a bare duration is the total",
            "",
            "one of them",
        );
    } else if let Some(retry) = &stack.policies.retry {
        errors.at(
            bare.span,
            "beside `retry` a bare duration could be the whole call's or one attempt's",
            &format!(
                "with {} attempts one of the two is {0} times as long as the other",
                retry.attempts()
            ),
            &format!(
                "`timeout(total = \"{0}\")` or `timeout(attempt = \"{0}\")`, or better both",
                show(bare.value)
            ),
        );
    }
}

/// Without a retry there is one attempt, and its time is the total, unless somebody else is to be called within that.
pub(super) fn attempt_without_retry(stack: &Stack, _target: &Target, errors: &mut Errors) {
    let Some(timeout) = &stack.policies.timeout else {
        return;
    };
    let Policies {
        retry,
        hedge,
        on_unknown,
        failover,
        ..
    } = &stack.policies;
    // A hedge makes lanes, each with its limit; behind the attempt `on_unknown` needs time to ask, and the next provider to
    // be called.
    if retry.is_some() || hedge.is_some() || on_unknown.is_some() || failover.is_some() {
        return;
    }
    if let Some(attempt) = timeout.attempt {
        errors.at(
            attempt.span,
            "`attempt` without `retry`",
            "there is one attempt only; the wait in front of it would have no limit",
            &format!(
                "`#[timeout(\"{}\")]`, which limits the whole call",
                show(attempt.value)
            ),
        );
    }
}

pub(super) fn attempt_longer_than_total(stack: &Stack, _target: &Target, errors: &mut Errors) {
    let Some(timeout) = &stack.policies.timeout else {
        return;
    };
    // Beside a retry a bare duration is an error of its own.
    let bare = timeout.bare.filter(|_| stack.policies.retry.is_none());
    if let (Some(total), Some(attempt)) = (timeout.total.or(bare), timeout.attempt) {
        if attempt.value >= total.value {
            errors.at(
                attempt.span,
                &format!("an attempt of {} does not fit into a total of {}", show(attempt.value), show(total.value)),
                "the total always ends the call first, so the attempt's limit never acts and nothing is retried after a timeout",
                "an `attempt` below half of `total`, or `total` alone",
            );
        }
    }
}

/// After a first attempt that failed as late as it can, or at once where only that is repeated, a second must
/// be able to start.
pub(super) fn second_attempt_never_starts(stack: &Stack, _target: &Target, errors: &mut Errors) {
    if stack.common.allows("total_too_short") {
        return;
    }
    let (Some(timeout), Some(retry)) = (&stack.policies.timeout, &stack.policies.retry) else {
        return;
    };
    let Some(total) = timeout.total else { return };
    if timeout
        .attempt
        .is_some_and(|attempt| attempt.value >= total.value)
    {
        return;
    }
    // A write that is only repeated when not sent is not repeated after a timeout at all.
    let first = timeout
        .attempt
        .filter(|_| !retry.not_sent())
        .map_or(Duration::ZERO, |attempt| attempt.value);
    let backoff = if retry.jitter {
        Duration::ZERO
    } else {
        first_backoff(retry.backoff.as_ref())
    };
    let least = least(stack);
    let sum = first.saturating_add(backoff).saturating_add(least);
    if sum <= total.value {
        return;
    }
    let parts = [
        (first, "for the first attempt"),
        (backoff, "backoff"),
        (least, "that must be left to start"),
    ];
    let after = if first.is_zero() {
        "after an attempt that failed"
    } else {
        "after an attempt that timed out"
    };
    errors.at(
        total.span,
        &format!("{after}, a second one can never start within {}", show(total.value)),
        &addition(&parts, sum),
        &format!("`total = \"{}\"` or more, or shorter parts; `allow(total_too_short)` if one attempt is all you want then", show(sum)),
    );
}

/// After all attempts failed as late as they can, or as early where a lost answer ends the call, the next provider must
/// be able to start.
pub(super) fn failover_never_starts(stack: &Stack, _target: &Target, errors: &mut Errors) {
    if stack.common.allows("total_too_short") {
        return;
    }
    let policies = &stack.policies;
    let (Some(timeout), Some(_)) = (&policies.timeout, &policies.failover) else {
        return;
    };
    let Some(total) = timeout.whole() else { return };
    let attempt = timeout.attempt.map_or(Duration::ZERO, |at| at.value);
    if attempt >= total.value {
        return;
    }
    let attempts = policies.retry.as_ref().map_or(1, Retry::attempts);
    // A write whose answer is lost goes to nobody else.
    let reads = plan::effects(stack).class() == Effect::ReadOnly;
    let spent = if reads {
        attempt.saturating_mul(attempts)
    } else {
        Duration::ZERO
    };
    let backoff = policies
        .retry
        .as_ref()
        .map_or(Duration::ZERO, shortest_backoffs);
    let least = least(stack);
    let sum = spent.saturating_add(backoff).saturating_add(least);
    if sum <= total.value {
        return;
    }
    let after = match (spent.is_zero(), attempts) {
        (true, _) => "after attempts that failed".to_owned(),
        (false, 1) => "after an attempt that timed out".to_owned(),
        (false, attempts) => format!("after {attempts} attempts that timed out"),
    };
    let parts = [
        (spent, "for the attempts"),
        (backoff, "backoff"),
        (least, "that must be left to start"),
    ];
    errors.at(
        total.span,
        &format!("{after}, the next provider can never be called within {}", show(total.value)),
        &addition(&parts, sum),
        &format!("`total = \"{}\"` or more, or shorter parts; `allow(total_too_short)` if the next provider is for quick failures only", show(sum)),
    );
}

/// The least that all backoffs of one call come to: full jitter may draw nothing each time.
fn shortest_backoffs(retry: &Retry) -> Duration {
    if retry.jitter {
        Duration::ZERO
    } else {
        retry.longest_backoffs()
    }
}

/// The parts that are there, and what they come to.
fn addition(parts: &[(Duration, &str)], sum: Duration) -> String {
    let parts: Vec<String> = parts
        .iter()
        .filter(|(part, _)| !part.is_zero())
        .map(|(part, what)| format!("{} {what}", show(*part)))
        .collect();
    if parts.len() == 1 {
        parts.concat()
    } else {
        format!("{} = {}", parts.join(" + "), show(sum))
    }
}

fn first_backoff(backoff: Option<&crate::policy::retry::Backoff>) -> Duration {
    backoff
        .and_then(|backoff| backoff.base)
        .map_or(BASE, |base| base.value)
}

/// What must be left for an attempt to start, as the runtime computes it.
pub(super) fn least(stack: &Stack) -> Duration {
    let Some(timeout) = &stack.policies.timeout else {
        return Duration::ZERO;
    };
    let attempt = timeout
        .attempt
        .map_or(Duration::ZERO, |attempt| attempt.value);
    let whole = plan::effects(stack).class() == Effect::NonIdempotent;
    timeout
        .least
        .map_or(if whole { attempt } else { attempt / 4 }, |least| {
            least.value
        })
}

pub(super) fn least_too_long(stack: &Stack, _target: &Target, errors: &mut Errors) {
    let Some(timeout) = &stack.policies.timeout else {
        return;
    };
    let Some(least) = timeout.least else { return };
    for (name, limit) in [("total", timeout.whole()), ("attempt", timeout.attempt)] {
        if limit.is_some_and(|limit| least.value > limit.value) {
            errors.at(
                least.span,
                &format!("`least` is longer than `{name}`"),
                "no attempt could ever start",
                &format!("a `least` below `{name}`"),
            );
        }
    }
    if timeout.whole().is_none() && timeout.attempt.is_none() {
        errors.at(
            least.span,
            "`least` without a time limit",
            "there is no limit of which something could be left",
            "`total = \"2s\"` beside it",
        );
    }
}

/// Whether the growth of a backoff is fixed; the rules about numbers ask too.
pub(super) fn grows(growth: Growth) -> bool {
    growth == Growth::Exponential
}
