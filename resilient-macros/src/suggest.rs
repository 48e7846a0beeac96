//! "Did you mean": a word that is not known goes in, the word that was probably meant comes out.

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

/// Our word for an option that another library calls `name`.
pub(crate) fn other_worlds(name: &str) -> Option<&'static str> {
    Some(match name {
        "max_attempts" | "maxAttempts" | "max_retries" | "maxRetries" | "retries" | "tries"
        | "times" | "count" => "attempts",
        "delay" | "interval" | "interval_ms" | "wait_duration" | "waitDuration"
        | "initial_interval" | "exponential" | "strategy" => "backoff",
        "retry_on" | "retryOn" | "retry_if" | "retryable" | "should_retry" | "predicate" | "on"
        | "unless" | "abort_on" | "abortOn" => "when",
        "notify" | "on_retry" | "onRetry" => "before_retry",
        "duration" | "overall" | "max_duration" | "maxDuration" | "deadline" => "total",
        "per_attempt" | "per_try" | "perTryTimeout" | "each" => "attempt",
        "threshold"
        | "failure_ratio"
        | "failureRatio"
        | "failure_threshold"
        | "failureRateThreshold" => "failure_rate",
        "requestVolumeThreshold" | "minimum_calls" | "minimumNumberOfCalls" | "min_throughput" => {
            "min_calls"
        }
        "sliding_window" | "slidingWindowSize" | "sampling_duration" => "window",
        "reset_timeout"
        | "break_duration"
        | "sleep_window"
        | "waitDurationInOpenState"
        | "recovery_timeout" => "open",
        "half_open_calls"
        | "permittedNumberOfCallsInHalfOpenState"
        | "success_threshold"
        | "successThreshold" => "probes",
        "slow_call_duration" | "slowCallDurationThreshold" => "slow",
        "slow_call_rate" | "slowCallRateThreshold" => "slow_rate",
        "fail_on" | "failOn" | "skip_on" | "skipOn" | "ignore_exceptions" | "exclude" => "ignore",
        "max_wait" | "maxWait" | "maxWaitDuration" | "wait_timeout" => "wait",
        "waitingTaskQueue" | "waiting_task_queue" | "max_queue" | "queue_size" => "queue",
        "partition" | "by" => "key",
        "error" | "map_err" | "on_reject" => "rejected",
        _ => return None,
    })
}

/// Our attribute for a policy that another library calls `name`.
pub(crate) fn other_policies(name: &str) -> Option<&'static str> {
    Some(match name {
        "circuit_breaker" | "circuitbreaker" | "circuitBreaker" => "breaker",
        "concurrency" | "concurrency_limit" | "max_concurrent" | "maxConcurrentCalls"
        | "semaphore" => "bulkhead",
        "time_limiter" | "timelimiter" | "time_limit" => "timeout",
        _ => return None,
    })
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
