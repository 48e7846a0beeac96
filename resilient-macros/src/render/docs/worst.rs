//! The worst case of one call: how many requests, and in how much time.

use std::time::Duration;

use crate::policy::Policies;
use crate::policy::retry::Retry;
use crate::policy::timeout::Timeout;
use crate::stack::Stack;
use crate::value::show;

/// As one line; none without a policy, since then there is nothing but the body.
pub(super) fn case(stack: &Stack) -> Option<String> {
    stack.has_policy().then(|| {
        let policies = &stack.policies;
        format!(
            "{}{}{}",
            requests(policies),
            time(policies),
            others(policies)
        )
    })
}

fn requests(policies: &Policies) -> String {
    let (attempts, lanes) = (attempts(policies), lanes(policies));
    match attempts.saturating_mul(lanes) {
        1 => "1 request".to_owned(),
        // Whatever was sent ends the call.
        _ if policies.retry.as_ref().is_some_and(Retry::not_sent) => {
            format!("1 request, by up to {attempts} attempts")
        }
        requests => format!("{requests} requests"),
    }
}

fn time(policies: &Policies) -> String {
    let timeout = policies.timeout.as_ref();
    if let Some(total) = timeout.and_then(Timeout::whole) {
        return format!(" in {}", show(total.value));
    }
    let Some(attempt) = timeout.and_then(|timeout| timeout.attempt) else {
        return ", for as long as the service takes".to_owned();
    };
    // A hedge is sent while the attempt before it runs.
    let bodies = attempt.value.saturating_mul(lanes(policies));
    let each = waits(policies).saturating_add(bodies);
    let backoffs = policies
        .retry
        .as_ref()
        .map_or(Duration::ZERO, Retry::longest_backoffs);
    let longest = each
        .saturating_mul(attempts(policies))
        .saturating_add(backoffs);
    let asked = if policies.retry.is_some() {
        ", and the delays that the service asks for"
    } else {
        ""
    };
    format!(" in {}{asked}", show(longest))
}

/// What an attempt may wait before its own time begins.
fn waits(policies: &Policies) -> Duration {
    let rate_limit = policies
        .rate_limit
        .as_ref()
        .and_then(|rate_limit| rate_limit.wait);
    let bulkhead = policies
        .bulkhead
        .as_ref()
        .and_then(|bulkhead| bulkhead.wait);
    [rate_limit, bulkhead]
        .into_iter()
        .flatten()
        .fold(Duration::ZERO, |sum, wait| sum.saturating_add(wait.value))
}

fn others(policies: &Policies) -> &'static str {
    let total = policies.timeout.as_ref().and_then(Timeout::whole);
    match (&policies.failover, total) {
        (None, _) => "",
        (Some(_), Some(_)) => ", and in the same time what the next providers send",
        (Some(_), None) => ", and then what the next providers send",
    }
}

fn attempts(policies: &Policies) -> u32 {
    policies.retry.as_ref().map_or(1, Retry::attempts)
}

fn lanes(policies: &Policies) -> u32 {
    policies.hedge.as_ref().map_or(1, |hedge| 1 + hedge.max())
}
