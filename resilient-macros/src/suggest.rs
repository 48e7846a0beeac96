//! "Did you mean": a word that is not known goes in, the word that was probably meant comes out.

use syn::Lit;

use crate::options::{Spec, Value};
use crate::policy::{NAMES, common};
use crate::value;

/// The candidate nearest to `word`, if one is near enough to be a slip of the pen.
pub(crate) fn closest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).max(1);
    candidates
        .iter()
        .map(|candidate| (distance(word, candidate), *candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Whether a word is another one, or a long one with a single letter wrong; for words that may as well be names of the
/// user's own (`rate` is no slip for `crate`).
pub(crate) fn is_slip(word: &str, of: &str) -> bool {
    word == of || (of.len() > 6 && distance(word, of) <= 1)
}

/// The text for a key nobody knows: a word of another world, another attribute's option, or a slip of the pen.
pub(crate) fn unknown(
    attribute: &str,
    name: &str,
    value: &Value,
    known: &[Spec],
    elsewhere: &dyn Fn(&str) -> Option<(&'static str, &'static str)>,
) -> (String, String) {
    let what = format!("`{attribute}` has no option `{name}`");
    let meant = |usage: &str| (format!("{what}; did you mean `{usage}`?"), String::new());
    if let Some(spec) = other_worlds(name)
        .iter()
        .find_map(|word| known.iter().find(|spec| spec.name == *word))
    {
        if let Some(attempts) = counts_retries(name).then(|| number(value)).flatten() {
            let write = format!(
                "`attempts = {}`, which counts the first call too",
                attempts.saturating_add(1)
            );
            return (what, write);
        }
        return meant(&with_value(spec, value));
    }
    if let Some(usage) = unnamed_value(attribute, name, value) {
        return meant(&usage);
    }
    if let Some(policy) = policy(name).filter(|policy| *policy != attribute) {
        return (
            format!("{what}; did you mean the attribute `#[{policy}(..)]`?"),
            String::new(),
        );
    }
    if let Some((policy, usage)) = elsewhere(name) {
        return (
            format!("`{name}` is an option of `{policy}`, not of `{attribute}`"),
            format!("`#[{policy}({usage})]` beside `#[{attribute}(..)]`"),
        );
    }
    let names: Vec<&str> = known.iter().map(|spec| spec.name).collect();
    if let Some(spec) =
        closest(name, &names).and_then(|near| known.iter().find(|spec| spec.name == near))
    {
        return meant(&with_value(spec, value));
    }
    if named_by_a_string(attribute) && matches!(value, Value::Flag) {
        return meant(&format!("{attribute}(\"{name}\")"));
    }
    // The options every attribute takes are listed only where there are no others.
    let own: Vec<&str> = names
        .iter()
        .copied()
        .filter(|name| !common::OPTIONS.iter().any(|spec| spec.name == *name))
        .collect();
    let listed = if own.is_empty() { &names } else { &own };
    let all = listed
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    (format!("{what}; it knows {all}"), String::new())
}

/// Our words for an option that another library calls `name`; the first that the attribute knows is meant.
fn other_worlds(name: &str) -> &'static [&'static str] {
    match name {
        "max_attempts" | "maxAttempts" | "max_tries" | "tries" | "times" | "count" | "stop" => {
            &["attempts"]
        }
        name if counts_retries(name) => &["attempts"],
        "delay" | "hedge_delay" | "hedgingDelay" | "hedge_after" | "hedging_delay"
        | "delay_percentile" | "latency_percentile" | "percentile" | "quantile" => {
            &["after", "backoff"]
        }
        "interval" | "interval_ms" | "wait" | "wait_duration" | "waitDuration"
        | "initial_interval" | "exponential" | "strategy" | "initial_delay" | "initialDelay"
        | "initial_backoff" | "initialBackoff" | "min_delay" => &["backoff"],
        "multiplier" | "factor" | "exponent" | "backoff_factor" | "backoffMultiplier" => {
            &["factor", "backoff"]
        }
        "max" | "max_delay" | "maxDelay" | "max_interval" | "max_backoff" | "maxBackoff"
        | "cap" => &["max", "backoff"],
        "percent" | "ratio" | "deposit" | "retry_ratio" | "max_extra_load" => &["earn"],
        "reserve" | "tokens" | "initial" | "min_per_sec" => &["save"],
        "retry_on" | "retryOn" | "retry_if" | "retryable" | "should_retry" | "predicate" | "on"
        | "unless" | "abort_on" | "abortOn" => &["when"],
        "notify" | "on_retry" | "onRetry" => &["before_retry"],
        "duration" | "overall" | "max_duration" | "maxDuration" | "deadline" => &["total"],
        "per_attempt" | "per_try" | "perTryTimeout" | "each" => &["attempt"],
        "failure_ratio"
        | "failureRatio"
        | "failureRateThreshold"
        | "error_rate"
        | "errorThresholdPercentage" => &["failure_rate"],
        "threshold"
        | "failure_threshold"
        | "failureThreshold"
        | "max_failures"
        | "consecutive_failures" => &["consecutive"],
        "requestVolumeThreshold" | "minimum_calls" | "minimumNumberOfCalls" | "min_throughput" => {
            &["min_calls"]
        }
        "sliding_window" | "slidingWindowSize" | "sampling_duration" => &["window"],
        "reset_timeout"
        | "break_duration"
        | "sleep_window"
        | "waitDurationInOpenState"
        | "recovery_timeout" => &["open"],
        "half_open_calls"
        | "permittedNumberOfCallsInHalfOpenState"
        | "success_threshold"
        | "successThreshold" => &["probes"],
        "slow_call_duration" | "slowCallDurationThreshold" => &["slow"],
        "slow_call_rate" | "slowCallRateThreshold" => &["slow_rate"],
        "fail_on" | "failOn" | "skip_on" | "skipOn" | "ignore_exceptions" | "exclude" => {
            &["ignore"]
        }
        "min_limit" | "minLimit" | "min_concurrency" | "least" => &["min"],
        "max_limit"
        | "maxLimit"
        | "most"
        | "max_hedges"
        | "maxHedges"
        | "max_hedged_attempts"
        | "maxHedgedAttempts"
        | "hedges"
        | "max_hedge" => &["max"],
        "aimd" | "vegas" | "gradient" | "auto" | "dynamic" => &["adaptive"],
        "max_wait" | "maxWait" | "maxWaitDuration" | "wait_timeout" | "timeoutDuration"
        | "timeout_duration" => &["wait"],
        "waitingTaskQueue" | "waiting_task_queue" | "max_queue" | "queue_size" => &["queue"],
        "partition" | "by" => &["key"],
        "burst_size" | "burstSize" | "max_burst" | "allow_burst" | "capacity" | "bucket" => {
            &["burst"]
        }
        "error" | "map_err" | "on_reject" => &["rejected"],
        _ => of_lost_answers(name),
    }
}

/// The same for what sagas, TCC and payment providers call their steps.
fn of_lost_answers(name: &str) -> &'static [&'static str] {
    match name {
        "verify" | "verification" | "check" | "check_status" | "status" | "lookup" | "look_up"
        | "query" | "inquire" | "inquiry" | "find" | "confirmation" => &["confirm"],
        "compensate"
        | "compensation"
        | "compensate_with"
        | "compensation_method"
        | "compensationMethod"
        | "undo"
        | "void"
        | "reverse"
        | "reversal"
        | "rollback"
        | "roll_back"
        | "revert"
        | "refund"
        | "abort"
        | "cancellation" => &["cancel"],
        "settle"
        | "settled"
        | "settled_after"
        | "settle_time"
        | "final_after"
        | "grace"
        | "grace_period"
        | "max_processing_time"
        | "in_doubt" => &["settles"],
        "order_id" | "request_id" | "correlation_id" | "correlationId" | "transaction_id"
        | "transactionId" | "reference" => &["key"],
        "log" | "saga_log" | "store" | "storage" | "outbox" | "ledger" | "persist"
        | "repository" => &["journal"],
        "background" | "spawn" | "detached" => &["detach"],
        _ => &[],
    }
}

/// Words that do not count the first call, as `attempts` does.
fn counts_retries(name: &str) -> bool {
    matches!(
        name,
        "max_retries" | "maxRetries" | "max_retry" | "retries" | "num_retries" | "retry_count"
    )
}

/// What an attribute takes without a name, for those who would give it one.
fn unnamed_value(attribute: &str, name: &str, value: &Value) -> Option<String> {
    Some(match (attribute, name) {
        (
            "bulkhead",
            "limit" | "max" | "max_concurrent" | "max_concurrency" | "maxConcurrentCalls"
            | "concurrency" | "permits" | "size" | "value" | "capacity",
        ) => format!("bulkhead({})", number(value).unwrap_or(10)),
        ("timeout", "secs" | "seconds" | "s" | "after" | "value" | "limit" | "timeout") => {
            format!("timeout(\"{}s\")", number(value).unwrap_or(5))
        }
        ("timeout", "millis" | "milliseconds" | "ms") => {
            format!("timeout(\"{}ms\")", number(value).unwrap_or(500))
        }
        // A call, or the handler's name as in Java.
        ("failover" | "fallback", _) if matches!(value, Value::List(_)) => {
            format!("{attribute}({name})")
        }
        ("fallback", "method" | "fallback_method" | "fallbackMethod" | "handler" | "value") => {
            format!(
                "fallback({})",
                word(value).unwrap_or_else(|| "path".to_owned())
            )
        }
        ("hedge", "attempts" | "max_attempts" | "maxAttempts") => {
            let hedges = number(value).map_or(1, |attempts| attempts.saturating_sub(1).max(1));
            format!("max = {hedges}")
        }
        ("hedge", "millis" | "ms") => format!("after = \"{}ms\"", number(value).unwrap_or(80)),
        ("breaker" | "budget", "name" | "id") => format!("{attribute}(\"payments\")"),
        (
            "rate_limit",
            "rate"
            | "limit"
            | "rps"
            | "qps"
            | "per_second"
            | "permits_per_second"
            | "permitsPerSecond"
            | "requests_per_second"
            | "limitForPeriod"
            | "limit_for_period"
            | "limit_per_period"
            | "permits"
            | "requests"
            | "max"
            | "count"
            | "value"
            | "quota",
        ) => format!("rate_limit(\"{}/s\")", number(value).unwrap_or(100)),
        ("rate_limit", "per_minute" | "permits_per_minute" | "requests_per_minute" | "rpm") => {
            format!("rate_limit(\"{}/min\")", number(value).unwrap_or(100))
        }
        (
            "rate_limit",
            "period"
            | "per"
            | "window"
            | "interval"
            | "limitRefreshPeriod"
            | "limit_refresh_period"
            | "refresh"
            | "duration"
            | "every",
        ) => "rate_limit(\"100/s\")".to_owned(),
        ("rate_limit", "name" | "id") => "rate_limit(\"payments\", \"100/s\")".to_owned(),
        ("bulkhead", "name" | "id") => "bulkhead(\"payments\", 10)".to_owned(),
        _ => return None,
    })
}

fn named_by_a_string(attribute: &str) -> bool {
    matches!(
        attribute,
        "breaker" | "bulkhead" | "rate_limit" | "budget" | "dependency"
    )
}

/// Our attribute for a policy that another library calls `name`.
fn policy(name: &str) -> Option<&'static str> {
    match name {
        "circuit_breaker" | "circuitbreaker" | "circuitBreaker" => Some("breaker"),
        "concurrency" | "concurrency_limit" | "max_concurrent" | "maxConcurrentCalls"
        | "semaphore" => Some("bulkhead"),
        "throttle" | "throttling" | "rate_limiter" | "ratelimiter" | "rateLimiter"
        | "rate_limited" | "ratelimit" | "governor" => Some("rate_limit"),
        "hedging" | "hedged" | "speculative" | "backup_request" | "backup_requests" => {
            Some("hedge")
        }
        "time_limiter" | "timelimiter" | "time_limit" => Some("timeout"),
        "saga" | "tcc" | "compensable" | "compensate" | "compensation" | "rollback" | "undo"
        | "reconcile" | "reconciliation" | "reconciler" | "verify" | "in_doubt" => {
            Some("on_unknown")
        }
        name => NAMES.iter().find(|own| **own == name).copied(),
    }
}

/// The option's example with the user's own value in it, where that has the same form.
fn with_value(spec: &Spec, value: &Value) -> String {
    let (Value::Assign(expr), Some((key, example))) = (value, spec.usage.split_once(" = ")) else {
        return spec.usage.to_owned();
    };
    match value::literal(expr) {
        Some(Lit::Str(text)) if example.starts_with('"') => format!("{key} = \"{}\"", text.value()),
        // A breaker's window may also be a count.
        Some(Lit::Int(int)) if !example.starts_with('"') || key == "window" => {
            format!("{key} = {int}")
        }
        _ => spec.usage.to_owned(),
    }
}

/// A string that could be a path.
fn word(value: &Value) -> Option<String> {
    let Value::Assign(expr) = value else {
        return None;
    };
    let Some(Lit::Str(text)) = value::literal(expr) else {
        return None;
    };
    syn::parse_str::<syn::Path>(&text.value())
        .is_ok()
        .then(|| text.value())
}

fn number(value: &Value) -> Option<u32> {
    match value {
        Value::Assign(expr) => match value::literal(expr) {
            Some(Lit::Int(int)) => int.base10_parse().ok(),
            _ => None,
        },
        _ => None,
    }
}

/// Levenshtein's distance over characters; ASCII case counts nothing.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let substituted = diagonal + usize::from(!a.eq_ignore_ascii_case(b));
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_slip_of_the_pen_and_not_another_word() {
        let names = ["attempts", "backoff", "budget"];
        assert_eq!(closest("atempts", &names), Some("attempts"));
        assert_eq!(closest("bugdet", &names), Some("budget"));
        assert_eq!(closest("timeout", &names), None);
        assert_eq!(closest("", &names), None);
    }
}
