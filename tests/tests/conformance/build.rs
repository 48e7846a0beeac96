//! The policies of a case as values of the runtime. In: what is written. Out: layers. Refuses what the runtime has no
//! words for, by saying what that is.

use std::sync::Arc;
use std::time::Duration;

use resilient_runtime::by_hand;
use resilient_runtime::retry::{Backoff, Jitter};
use resilient_runtime::{Failure, breaker, bulkhead, rate_limit};
use serde_json::Value;

use super::fault::{Family, Fault};
use super::policy as case;
use super::stack::{Breaker, Does, Fallback, Instead, Lack, Layer, Means, Retry, Skips, Values};
use super::world::World;

pub fn ms(ms: f64) -> Duration {
    Duration::from_secs_f64(ms / 1_000.0)
}

/// Longer than any case.
const AGES: Duration = Duration::from_secs(1 << 25);

/// One layer; its name has `@via` behind it where the case keeps sets of instances apart.
pub fn layer(
    policy: &case::Policy,
    family: &Arc<Family>,
    world: &Arc<World>,
    via: Option<&str>,
) -> Result<Layer, Lack> {
    let (kind, id) = match policy {
        case::Policy::Retry(it) => ("retry", &it.id),
        case::Policy::Timeout(it) => ("timeout", &it.id),
        case::Policy::Breaker(it) => ("breaker", &it.id),
        case::Policy::Bulkhead(it) => ("bulkhead", &it.id),
        case::Policy::Fallback(it) => ("fallback", &it.id),
        case::Policy::RateLimit(it) => ("rate_limit", &it.id),
    };
    let id = id.clone().unwrap_or_else(|| kind.to_owned());
    let name = via.map_or_else(|| id.clone(), |via| format!("{id}@{via}"));
    let name: &'static str = name.leak();
    let does = match policy {
        case::Policy::Retry(it) => Does::Retry(retry(it, family, name)?),
        case::Policy::Timeout(it) => Does::Timeout(by_hand::Timeout::new(ms(it.ms)).named(name)),
        case::Policy::Breaker(it) => Does::Breaker(breaker(it, family, name)?),
        case::Policy::Bulkhead(it) => Does::Bulkhead(bulkhead(it, name)?),
        case::Policy::RateLimit(it) => Does::RateLimit(rate_limit(it, name)?),
        case::Policy::Fallback(it) => {
            let instead = Instead {
                after: it.ms.map_or(Duration::ZERO, ms),
                answer: match &it.error {
                    Some(kind) => Err(Fault::of(kind, None)),
                    None => Ok(it.value.clone().unwrap_or_default()),
                },
                world: Arc::clone(world),
            };
            Does::Fallback(fallback(it, family), instead)
        }
    };
    Ok(Layer { id, name, does })
}

fn retry(it: &case::Retry, family: &Arc<Family>, name: &'static str) -> Result<Retry, Lack> {
    match it.on_exhausted.as_deref() {
        None => {}
        Some("wrapped") => return Err(Lack("wrapping the last error")),
        Some(_) => return Err(Lack("an error in place of the last value")),
    }
    match it.max_duration_rule.as_deref() {
        None | Some("no_start_after") => {}
        Some(_) => return Err(Lack("this rule for the longest duration")),
    }
    let (backoff, jitter) = it.delay.as_ref().map_or(Ok(AT_ONCE), delay)?;
    let (on, abort, hints) = (
        it.retry_on.clone(),
        it.abort_on.clone(),
        it.honor_retry_after,
    );
    let kin = Arc::clone(family);
    let means: Means = Box::new(move |fault| {
        let listed = on.as_ref().is_none_or(|on| kin.is_one_of(&fault.kind, on));
        if listed && !kin.is_one_of(&fault.kind, &abort) {
            Failure::transient(fault.retry_after.filter(|_| hints))
        } else {
            Failure::Permanent
        }
    });
    let again = it.retry_on_value.clone();
    let values: Values =
        Box::new(move |value| again.contains(value).then(|| Failure::transient(None)));
    let retry = by_hand::Retry::read_only()
        .named(name)
        .attempts(u32::try_from(it.max_attempts).unwrap_or(u32::MAX))
        .backoff(backoff)
        .jitter(jitter)
        .no_budget()
        .allow_nested()
        .regardless_of_deadline();
    let retry = match it.max_duration_ms {
        Some(longest) if longest > 0.0 => retry.for_at_most(ms(longest)),
        _ => retry,
    };
    let retry = match it.retry_after_cap_ms {
        Some(cap) => retry.max_server_delay(ms(cap)),
        None => retry,
    };
    Ok(retry.classify(means).failed(values))
}

const AT_ONCE: (Backoff, Jitter) = (Backoff::fixed(Duration::ZERO), Jitter::None);

/// A case's delay as a backoff and its jitter.
pub fn delay(it: &case::Delay) -> Result<(Backoff, Jitter), Lack> {
    let base = it.base_ms.unwrap_or(0.0);
    let backoff = match it.kind {
        case::Grows::Constant => Backoff::fixed(ms(base)),
        case::Grows::Linear => Backoff::linear(ms(base)),
        case::Grows::Exponential => {
            let factor = it.factor.unwrap_or(2.0);
            #[expect(
                clippy::cast_possible_truncation,
                reason = "factors are short decimals"
            )]
            Backoff::exponential(ms(base)).factor(factor as f32)
        }
        case::Grows::List => return Err(Lack("a list of delays")),
    };
    let jitter = match it.jitter {
        None | Some(case::Jitter::Absolute { ms: 0.0 }) => Jitter::None,
        Some(case::Jitter::Fraction { ratio }) => Jitter::Spread(share(ratio)),
        Some(case::Jitter::Absolute { ms })
            if it.kind == case::Grows::Constant && base > 0.0 && ms <= base =>
        {
            Jitter::Spread(share(ms / base))
        }
        Some(case::Jitter::Absolute { .. }) => {
            return Err(Lack("a jitter of a set time that is longer than the delay"));
        }
    };
    Ok((backoff.max(it.cap_ms.map_or(AGES, ms)), jitter))
}

fn share(share: f64) -> breaker::Ratio {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "shares lie between 0 and 1"
    )]
    breaker::Ratio::hundredths((share * 10_000.0 + 0.000_1) as u16)
}

fn breaker(it: &case::Breaker, family: &Arc<Family>, name: &'static str) -> Result<Breaker, Lack> {
    let settings = settings(it)?;
    let (fail, skip, ignore) = (it.fail_on.clone(), it.skip_on.clone(), it.ignore_on.clone());
    let kin = Arc::clone(family);
    let means: Means = Box::new(move |fault| {
        let listed = fail
            .as_ref()
            .is_none_or(|fail| kin.is_one_of(&fault.kind, fail));
        if listed && !kin.is_one_of(&fault.kind, &skip) {
            Failure::Unknown
        } else {
            Failure::Permanent
        }
    });
    let bad = it.fail_on_value.clone();
    let values: Values = Box::new(move |value| bad.contains(value).then_some(Failure::Unknown));
    let kin = Arc::clone(family);
    let skips: Skips = Box::new(move |fault| kin.is_one_of(&fault.kind, &ignore));
    let breaker = by_hand::Breaker::new(settings).named(name);
    Ok(breaker.classify(means).failed(values).ignore(skips))
}

fn settings(it: &case::Breaker) -> Result<breaker::Settings, Lack> {
    if it.evaluate_on.as_deref().is_some_and(|on| on != "any") {
        return Err(Lack("looking at the rate after failures alone"));
    }
    if it
        .late_results
        .as_deref()
        .is_some_and(|late| late != "ignore")
    {
        return Err(Lack("counting late results"));
    }
    if it
        .on_cancel
        .as_deref()
        .is_some_and(|cancel| cancel != "neutral")
    {
        return Err(Lack("counting a dropped call as a failure"));
    }
    if it
        .initial
        .as_deref()
        .is_some_and(|initial| initial != "closed")
    {
        return Err(Lack("another state to begin in"));
    }
    if it.half_open.max_wait_ms.is_some() || it.half_open.after_max_wait.is_some() {
        return Err(Lack("a half-open period that ends by itself"));
    }
    let probes = match it.half_open.rule {
        case::Rule::Quota { need, of } if need == of && of == it.half_open.trials => of,
        case::Rule::Quota { .. } => return Err(Lack("closing after fewer successes than trials")),
        // Good for as long as nothing is half-open; see `Case::judges_trials_by_rate`.
        case::Rule::Rate {} => it.half_open.trials,
    };
    let settings = breaker::Settings::new().no_jitter().probes(probes);
    thresholds(it, open(&it.open_ms, settings)?)
}

/// Windows and what opens.
fn thresholds(it: &case::Breaker, settings: breaker::Settings) -> Result<breaker::Settings, Lack> {
    let when = it.open_when.unwrap_or_default();
    let (window, calls) = match it.window {
        case::Window::Consecutive { n } => {
            return Ok(settings.no_failure_rate().consecutive(n));
        }
        case::Window::Count { size, min_calls } => (breaker::Window::Count(size), min_calls),
        case::Window::Time {
            ms: time,
            min_calls,
        } => (breaker::Window::Time(ms(time)), min_calls),
    };
    let settings = settings.window(window).min_calls(calls).no_consecutive();
    let settings = match (when.failure_rate, when.failures_at_least, it.window) {
        (Some(rate), None, _) => settings.failure_rate(share(rate)),
        (None, Some(failures), case::Window::Count { size, .. }) => {
            settings.failure_rate(share(f64::from(failures) / f64::from(size)))
        }
        (None, None, _) => settings.no_failure_rate(),
        _ if when.never => return Err(Lack("a rate that never opens")),
        _ => return Err(Lack("a number of failures in a window of time")),
    };
    // Only observed: slow calls may be counted, and reach no share.
    let out_of_reach = breaker::Ratio::hundredths(u16::MAX);
    let settings = match when.slow_ms {
        Some(slow) => settings
            .slow(ms(slow))
            .slow_rate(when.slow_rate.map_or(out_of_reach, share)),
        None => settings,
    };
    Ok(settings)
}

/// One open time, or one that doubles.
fn open(open: &Value, settings: breaker::Settings) -> Result<breaker::Settings, Lack> {
    let one = |value: &Value| value.as_f64().map(ms).ok_or(Lack("this open time"));
    let times = match open {
        Value::Array(list) => list.iter().map(one).collect::<Result<Vec<_>, _>>()?,
        other => vec![one(other)?],
    };
    let (Some(first), Some(last)) = (times.first(), times.last()) else {
        return Err(Lack("an open time"));
    };
    if times.windows(2).any(|pair| pair[1] != pair[0] * 2) {
        return Err(Lack("open times that grow other than by doubling"));
    }
    Ok(settings.open(*first).max_open(*last))
}

fn bulkhead(it: &case::Bulkhead, name: &'static str) -> Result<by_hand::Bulkhead, Lack> {
    if it.max_concurrent == 0 {
        return Err(Lack("a bulkhead of 0"));
    }
    let settings = bulkhead::Settings::new(it.max_concurrent);
    let settings = if it.queue == 0 {
        settings
    } else {
        settings
            .queue(it.queue)
            .wait(it.queue_wait_ms.map_or(AGES, ms))
    };
    Ok(by_hand::Bulkhead::new(settings).named(name))
}

fn rate_limit(it: &case::RateLimit, name: &'static str) -> Result<by_hand::RateLimit, Lack> {
    let rate = |count: Option<u32>, per: Option<f64>| match (count, per) {
        (Some(count), Some(per)) => Ok(rate_limit::Rate::new(count, ms(per))),
        _ => Err(Lack("a rate without its numbers")),
    };
    let rate = match it.kind {
        case::Rate::Smooth => rate(Some(1), it.interval_ms)?,
        case::Rate::Cycle | case::Rate::Bursty => rate(it.permits, it.period_ms)?,
    };
    let settings = rate_limit::Settings::new(rate);
    let settings = match it.wait_ms {
        0.0 => settings,
        wait if wait < 0.0 => settings.wait(AGES),
        wait => settings.wait(ms(wait)),
    };
    Ok(by_hand::RateLimit::new(settings).named(name))
}

fn fallback(it: &case::Fallback, family: &Arc<Family>) -> Fallback {
    let (on, skip, kin) = (it.apply_on.clone(), it.skip_on.clone(), Arc::clone(family));
    let means: Means = Box::new(move |fault| {
        let listed = on.as_ref().is_none_or(|on| kin.is_one_of(&fault.kind, on));
        if listed && !kin.is_one_of(&fault.kind, &skip) {
            Failure::transient(None)
        } else {
            Failure::Permanent
        }
    });
    let bad = it.apply_on_value.clone();
    let values: Values =
        Box::new(move |value| bad.contains(value).then(|| Failure::transient(None)));
    by_hand::Fallback::for_reads()
        .classify(means)
        .failed(values)
}
