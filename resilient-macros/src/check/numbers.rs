//! Numbers that contradict each other or can never act.

use super::{Errors, Stack, Target, time};
use crate::policy::breaker::{MIN_CALLS, OPEN, WINDOW, Window};
use crate::policy::retry::{BASE, MAX};
use crate::value::show;

/// gRPC's ceiling (proposal A6): more attempts than this help nobody and load a failing partner.
const MANY: u32 = 5;

pub(super) fn many_attempts(stack: &Stack, _target: &Target, errors: &mut Errors) {
    let Some(attempts) = stack
        .policies
        .retry
        .as_ref()
        .and_then(|retry| retry.attempts)
    else {
        return;
    };
    if attempts.value > MANY && !stack.common.allows("many_attempts") {
        errors.at(
            attempts.span,
            &format!(
                "{} attempts, and more than {MANY} help nobody",
                attempts.value
            ),
            &format!(
                "a partner that is down gets {} times its load, which keeps it down",
                attempts.value
            ),
            "`attempts = 3`, or `allow(many_attempts)` beside it if this partner can take the load",
        );
    }
}

pub(super) fn backoff_reversed(stack: &Stack, _target: &Target, errors: &mut Errors) {
    let Some(backoff) = stack
        .policies
        .retry
        .as_ref()
        .and_then(|retry| retry.backoff.as_ref())
    else {
        return;
    };
    if !time::grows(backoff.growth) {
        return;
    }
    let base = backoff.base.map_or(BASE, |at| at.value);
    let max = backoff.max.map_or(MAX, |at| at.value);
    if base > max {
        let span = backoff
            .max
            .or(backoff.base)
            .map_or(backoff.span, |at| at.span);
        errors.at(
            span,
            &format!(
                "the first backoff of {} is longer than the longest of {}",
                show(base),
                show(max)
            ),
            "every wait would be cut to the maximum, so it would not grow",
            &format!(
                "`backoff(\"{0}\", max = \"{1}\")`",
                show(max.min(base)),
                show(max.max(base))
            ),
        );
    }
}

pub(super) fn breaker_open_longer_than_max_open(
    stack: &Stack,
    _target: &Target,
    errors: &mut Errors,
) {
    let Some(breaker) = &stack.policies.breaker else {
        return;
    };
    let open = breaker.open.map_or(OPEN, |at| at.value);
    let Some(max_open) = breaker.max_open.map(|at| at.value) else {
        return;
    };
    if open > max_open {
        let span = breaker.open.or(breaker.max_open).map(|at| at.span);
        errors.at(
            span.unwrap_or_else(proc_macro2::Span::call_site),
            &format!(
                "`open` of {} is longer than `max_open` of {}",
                show(open),
                show(max_open)
            ),
            "the breaker would open for the maximum at once, and its time could not grow",
            &format!("`max_open = \"{}\"` or more", show(open)),
        );
    }
}

/// Microsoft's HTTP resilience checks the same at start: the window must hold two attempts.
pub(super) fn breaker_window_too_short(stack: &Stack, _target: &Target, errors: &mut Errors) {
    let (Some(breaker), Some(timeout)) = (&stack.policies.breaker, &stack.policies.timeout) else {
        return;
    };
    let Some(attempt) = timeout.attempt.or(timeout.whole()) else {
        return;
    };
    if !breaker.naming.own_numbers() || stack.common.allows("window_too_short") {
        return;
    }
    let (window, span) = match breaker.window {
        Some(at) => match at.value {
            Window::Time(time) => (time, at.span),
            Window::Count(_) => return,
        },
        // It is widened, unless others may share it.
        None if breaker.naming.is_own() => return,
        None => (WINDOW, attempt.span),
    };
    if window < attempt.value.saturating_mul(2) {
        errors.at(
            span,
            &format!("a breaker window of {} holds less than two attempts of {}", show(window), show(attempt.value)),
            "while calls hang, a caller's first failure has left the window before its second is counted: the failure rate never builds up",
            &format!(
                "`window = \"{}\"` or more, or `allow(window_too_short)` if many calls run at the same time",
                show(attempt.value.saturating_mul(2))
            ),
        );
    }
}

pub(super) fn breaker_that_never_decides(stack: &Stack, _target: &Target, errors: &mut Errors) {
    let Some(breaker) = &stack.policies.breaker else {
        return;
    };
    let Some((at, Window::Count(window))) = breaker.window.map(|at| (at, at.value)) else {
        return;
    };
    let min_calls = breaker.min_calls.map_or(MIN_CALLS, |at| at.value);
    if min_calls > window {
        errors.at(
            breaker
                .min_calls
                .map_or(at.span, |min_calls| min_calls.span),
            &format!(
                "`min_calls` of {min_calls} never come together in a window of {window} calls"
            ),
            "the breaker would never open",
            &format!("`min_calls = {window}` or less"),
        );
    }
}

pub(super) fn breaker_slow_calls(stack: &Stack, _target: &Target, errors: &mut Errors) {
    let Some(breaker) = &stack.policies.breaker else {
        return;
    };
    if let (Some(rate), None) = (breaker.slow_rate, breaker.slow) {
        errors.at(
            rate.span,
            "`slow_rate` without `slow`",
            "no call counts as slow, so the option would do nothing",
            "`slow = \"1s\"` beside it",
        );
    }
    let limit = stack
        .policies
        .timeout
        .as_ref()
        .and_then(|timeout| timeout.attempt.or(timeout.whole()));
    if let (Some(slow), Some(limit)) = (breaker.slow, limit) {
        if slow.value >= limit.value {
            errors.at(
                slow.span,
                &format!(
                    "a call is slow after {}, but cut off after {}",
                    show(slow.value),
                    show(limit.value)
                ),
                "no call could be slow and still answer, so the option would do nothing",
                "a `slow` below the time limit",
            );
        }
    }
}

pub(super) fn bulkhead_waits_longer_than_total(
    stack: &Stack,
    _target: &Target,
    errors: &mut Errors,
) {
    let (Some(bulkhead), Some(timeout)) = (&stack.policies.bulkhead, &stack.policies.timeout)
    else {
        return;
    };
    if let (Some(wait), Some(total)) = (bulkhead.wait, timeout.whole()) {
        if wait.value >= total.value {
            errors.at(
                wait.span,
                &format!(
                    "waiting {} for a permit leaves nothing of a total of {}",
                    show(wait.value),
                    show(total.value)
                ),
                "the call would end in the queue, before it is sent",
                "a `wait` well below the total",
            );
        }
    }
}

pub(super) fn rate_limit_waits_longer_than_total(
    stack: &Stack,
    _target: &Target,
    errors: &mut Errors,
) {
    let (Some(rate_limit), Some(timeout)) = (&stack.policies.rate_limit, &stack.policies.timeout)
    else {
        return;
    };
    if let (Some(wait), Some(total)) = (rate_limit.wait, timeout.whole()) {
        if wait.value >= total.value {
            errors.at(
                wait.span,
                &format!(
                    "waiting {} for a turn leaves nothing of a total of {}",
                    show(wait.value),
                    show(total.value)
                ),
                "no call can wait that long: those whose turn comes too late are refused at once",
                "a `wait` well below the total",
            );
        }
    }
}
