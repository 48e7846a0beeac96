//! The "Resilience" section of the annotated function's own documentation: effect, policies in their
//! order, worst case.

mod worst;

use std::fmt::Write as _;

use super::instead::shown;
use super::plan::retry_pays;
use crate::plan::Effects;
use crate::policy::breaker::{MIN_CALLS, OPEN, WINDOW, Window};
use crate::policy::effect::Effect;
use crate::policy::hedge::After;
use crate::policy::naming::{Naming, Source};
use crate::policy::retry::{Budget, Reason};
use crate::stack::Stack;
use crate::value::show;

/// The section's text; none for a function without anything to tell.
pub(super) fn section(stack: &Stack, effects: Effects) -> Option<String> {
    if !stack.has_policy() && effects.outward.is_none() {
        return None;
    }
    let mut text = String::from("\n\n# Resilience\n\n");
    let mut line = |words: String| {
        let _ = writeln!(text, "- {words}");
    };
    line(effect(stack, effects));
    let dependency = stack.policies.dependency.as_ref();
    if let Some(name) = dependency.and_then(|dependency| dependency.name.as_ref()) {
        line(format!("**dependency**: `{}`", name.value()));
    }
    timeout(stack, &mut line);
    retry(stack, &mut line);
    hedge(stack, &mut line);
    breaker(stack, &mut line);
    rate_limit(stack, &mut line);
    if let Some(bulkhead) = &stack.policies.bulkhead {
        let limit = match (bulkhead.adaptive, bulkhead.limit) {
            (Some(bounds), _) => format!(
                "between {} and {} calls, as many as the service takes,",
                bounds.min, bounds.max
            ),
            (None, Some(at)) => format!("at most {} calls", at.value),
            (None, None) => "as many calls as its value says".to_owned(),
        };
        let wait = bulkhead.wait.map_or_else(
            || "the rest is rejected at once".to_owned(),
            |at| format!("the rest waits up to {}", show(at.value)),
        );
        line(format!(
            "**bulkhead**{}: {limit} in flight; {wait}",
            named(&bulkhead.naming)
        ));
    }
    on_unknown(stack, &mut line);
    instead(stack, &mut line);
    if let Some(worst) = worst::case(stack) {
        line(format!("**worst case**: {worst}"));
    }
    Some(text)
}

fn effect(stack: &Stack, effects: Effects) -> String {
    let word = match effects.outward {
        Some(Effect::ReadOnly) => "read-only: changes nothing",
        Some(Effect::Idempotent) => "idempotent: carried out twice is like once",
        Some(Effect::NonIdempotent) => "non-idempotent: every execution counts",
        None => return "**effect**: not declared".to_owned(),
    };
    let key = stack
        .policies
        .retry
        .as_ref()
        .and_then(|retry| retry.reason.as_ref())
        .map(|at| &at.value);
    let by_key = match key {
        Some(Reason::Key(Some(_))) => ", by an idempotency key from the arguments",
        Some(Reason::Key(None)) => "; repeated under one idempotency key per call",
        _ => "",
    };
    format!("**effect**: {word}{by_key}")
}

fn timeout(stack: &Stack, line: &mut dyn FnMut(String)) {
    let Some(timeout) = &stack.policies.timeout else {
        return;
    };
    let limits = [
        ("in all", timeout.whole()),
        ("per attempt", timeout.attempt),
    ];
    let words: Vec<String> = limits
        .into_iter()
        .filter_map(|(what, at)| at.map(|at| format!("{} {what}", show(at.value))))
        .collect();
    let unknown = if timeout.to_caller.is_some() {
        "; its outcome is unknown, and the caller must deal with it"
    } else {
        ""
    };
    line(format!("**timeout**: {}{unknown}", words.join(", ")));
}

fn retry(stack: &Stack, line: &mut dyn FnMut(String)) {
    let Some(retry) = &stack.policies.retry else {
        return;
    };
    let on = if retry.not_sent() {
        "only on what was certainly not sent"
    } else {
        "on what was not sent, unknown, transient or overloaded"
    };
    let budget = match &retry.budget {
        Some(Budget::None) => "no budget".to_owned(),
        Some(Budget::Named { name, .. }) => format!("paid from the budget `{}`", name.value()),
        _ => "paid from a budget that successes fill".to_owned(),
    };
    line(format!(
        "**retry**: {} attempts in all, {on}; {budget}",
        retry.attempts()
    ));
}

fn hedge(stack: &Stack, line: &mut dyn FnMut(String)) {
    let Some(hedge) = &stack.policies.hedge else {
        return;
    };
    let after = match hedge.after.map(|at| at.value) {
        Some(After::Fixed(time)) => show(time),
        Some(After::Percentile(share)) => format!("what {share} of 100 calls need"),
        None => return,
    };
    let times = match hedge.max() {
        1 => "once more".to_owned(),
        max => format!("up to {max} times more"),
    };
    let budget = match &hedge.budget {
        Some(Budget::Named { name, .. }) => format!("paid from the budget `{}`", name.value()),
        None if retry_pays(stack) => "paid from the same budget".to_owned(),
        _ => "paid from a budget that successes fill".to_owned(),
    };
    line(format!(
        "**hedge**: after {after} sent {times}, the first answer counts; {budget}"
    ));
}

fn breaker(stack: &Stack, line: &mut dyn FnMut(String)) {
    let Some(breaker) = &stack.policies.breaker else {
        return;
    };
    if !breaker.naming.own_numbers() {
        line(format!("**breaker**{}", named(&breaker.naming)));
        return;
    }
    let rate = breaker.failure_rate.map_or(5_000, |at| at.value);
    let window = match breaker.window_beside(stack.policies.timeout.as_ref()) {
        None => show(WINDOW),
        Some(Window::Time(time)) => show(time),
        Some(Window::Count(calls)) => format!("{calls} calls"),
    };
    let open = breaker.open.map_or(OPEN, |at| at.value);
    line(format!(
        "**breaker**{}: opens at {}% failures of at least {} calls within {window}, for {} up to {}",
        named(&breaker.naming),
        f64::from(rate) / 100.0,
        breaker.min_calls.map_or(MIN_CALLS, |at| at.value),
        show(open),
        show(breaker.max_open.map_or(open * 2, |at| at.value)),
    ));
}

fn rate_limit(stack: &Stack, line: &mut dyn FnMut(String)) {
    let Some(rate_limit) = &stack.policies.rate_limit else {
        return;
    };
    let name = named(&rate_limit.naming);
    let Some(at) = rate_limit.rate else {
        return line(format!("**rate limit**{name}"));
    };
    let burst = rate_limit.burst.map_or(at.value.count, |at| at.value);
    let wait = rate_limit.wait.map_or_else(
        || "the rest is rejected at once".to_owned(),
        |at| format!("the rest waits up to {}", show(at.value)),
    );
    line(format!(
        "**rate limit**{name}: at most {}, {burst} at once; {wait}",
        at.value
    ));
}

fn on_unknown(stack: &Stack, line: &mut dyn FnMut(String)) {
    let Some(on_unknown) = &stack.policies.on_unknown else {
        return;
    };
    let mut ways = Vec::new();
    if on_unknown.confirm.is_some() {
        ways.push("the service is asked for it".to_owned());
    }
    if let Some(cancel) = &on_unknown.cancel {
        let fences = if cancel.fences { " for good" } else { "" };
        ways.push(format!("it is cancelled{fences}"));
    }
    let settles = on_unknown.settles.map_or_else(String::new, |settles| {
        format!("; settled after {}", show(settles.value))
    });
    let detached = on_unknown
        .detach
        .map_or("", |_| "; it goes on when its caller is gone");
    line(format!(
        "**on_unknown**: when the answer is lost, {}{settles}{detached}",
        ways.join(", then ")
    ));
}

fn instead(stack: &Stack, line: &mut dyn FnMut(String)) {
    if let Some(failover) = &stack.policies.failover {
        let names: Vec<String> = failover
            .providers
            .iter()
            .map(|path| format!("`{}`", shown(path)))
            .collect();
        let system = if failover.same_system {
            ", doors of the same system"
        } else {
            ""
        };
        line(format!(
            "**failover**: {}{system}; of a write only while it was certainly not carried out",
            names.join(", then ")
        ));
    }
    if let Some(fallback) = &stack.policies.fallback {
        let source = fallback.path().map_or_else(
            || "the default".to_owned(),
            |path| format!("`{}`", shown(path)),
        );
        let any = if fallback.any {
            ", also when the service refused for good"
        } else {
            ""
        };
        line(format!(
            "**fallback**: {source}{any}; never for a write whose outcome is unknown"
        ));
    }
}

fn named(naming: &Naming) -> String {
    let by_key = if naming.key.is_some() {
        ", one for each key"
    } else {
        ""
    };
    match &naming.source {
        Source::Own => by_key.to_owned(),
        Source::Named(name) => format!(" `{}`{by_key}", name.value()),
        Source::Static(path) => format!(" `{}`{by_key}", crate::stack::last_segment(path)),
        Source::Field(_) => format!(" of the client{by_key}"),
    }
}
