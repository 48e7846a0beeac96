//! One function for each thing that may be expected; every one of them can fail.

use std::fmt::Debug;

use resilient_runtime::breaker::{Ratio, Snapshot};

use super::case::{Check, Expect, Range};
use super::world::{Call, Changes, word};

type Checked = Result<(), String>;

pub fn number(what: &str, wanted: Option<Range>, actual: f64) -> Checked {
    match wanted {
        Some(range) if !range.holds(actual) => Err(format!("{what}: {actual}, not {range:?}")),
        _ => Ok(()),
    }
}

pub fn same<T: PartialEq + Debug + ?Sized>(what: &str, wanted: &T, actual: &T) -> Checked {
    if wanted == actual {
        Ok(())
    } else {
        Err(format!("{what}: {actual:?}, not {wanted:?}"))
    }
}

fn flag(what: &str, wanted: Option<bool>, actual: bool) -> Checked {
    wanted.map_or(Ok(()), |wanted| same(what, &wanted, &actual))
}

/// After a step that is about no call only states are to be seen.
pub fn no_call(expect: &Expect) -> Checked {
    let Expect {
        state,
        states,
        state_in,
        ..
    } = expect.clone();
    let states_alone = Expect {
        state,
        states,
        state_in,
        ..Expect::default()
    };
    same(
        "an expectation of no call",
        &format!("{states_alone:?}"),
        &format!("{expect:?}"),
    )
}

pub fn call(expect: &Expect, call: &Call) -> Checked {
    outcome(expect, call)?;
    number(
        "invocations",
        expect.invocations,
        f64::from(call.invocations),
    )?;
    number("retries", expect.retries, f64::from(call.retries))?;
    number("timeouts", expect.timeouts, f64::from(call.timeouts))?;
    number(
        "body_cancelled",
        expect.body_cancelled,
        f64::from(call.body_cancelled),
    )?;
    flag("fallback_used", expect.fallback_used, call.fallback_used)?;
    flag("running", expect.running, call.running > 0)?;
    flag(
        "waiting",
        expect.waiting,
        call.running == 0 && call.ended.is_none(),
    )?;
    flag("finished", expect.finished, call.ended.is_some())?;
    times(expect, call)
}

fn outcome(expect: &Expect, call: &Call) -> Checked {
    flag("cancelled", expect.cancelled, call.cancelled)?;
    let (value, fault) = match &call.outcome {
        Some(Ok(value)) => (Some(value), None),
        Some(Err(fault)) => (None, Some(fault)),
        None => (None, None),
    };
    if expect.ok.is_some() {
        same("ok", &expect.ok.as_ref(), &value)?;
    }
    let kind = fault.map(|fault| fault.kind.as_str());
    if expect.err.is_some() {
        same("err", &expect.err.as_deref(), &kind)?;
    }
    if expect.err_cause.is_some() {
        return Err("err_cause: no error is wrapped".to_owned());
    }
    if expect.rejected_by.is_some() {
        let refused_by = fault.and_then(|fault| fault.refused_by);
        same("rejected_by", &expect.rejected_by.as_deref(), &refused_by)?;
    }
    if expect.retry_after_ms.is_some() {
        let hint = fault.and_then(|fault| fault.retry_after);
        let hint = hint.ok_or("retry_after_ms: there is no hint")?;
        number(
            "retry_after_ms",
            expect.retry_after_ms,
            hint.as_secs_f64() * 1_000.0,
        )?;
    }
    Ok(())
}

fn times(expect: &Expect, call: &Call) -> Checked {
    if let Some(delays) = &expect.delays_ms {
        let near = |(wanted, actual): (&f64, &f64)| (wanted - actual).abs() < 0.001;
        if delays.len() != call.delays_ms.len() || !delays.iter().zip(&call.delays_ms).all(near) {
            return Err(format!("delays_ms: {:?}, not {delays:?}", call.delays_ms));
        }
    }
    if let Some(within) = expect.delays_within_ms {
        for delay in &call.delays_ms {
            number("delays_within_ms", Some(Range::Within(within)), *delay)?;
        }
        if call.delays_ms.is_empty() {
            return Err("delays_within_ms: there was none".to_owned());
        }
    }
    if expect.elapsed_ms.is_some() {
        let began = call.began.ok_or("elapsed_ms: it never began")?;
        let elapsed = match call.ended {
            Some(ended) => ended - began,
            None => began.elapsed(),
        };
        number(
            "elapsed_ms",
            expect.elapsed_ms,
            elapsed.as_secs_f64() * 1_000.0,
        )?;
    }
    Ok(())
}

pub fn asks_for_a_breaker(check: &Check) -> bool {
    check.recorded.is_some()
        || check.failures.is_some()
        || check.successes.is_some()
        || check.slow.is_some()
        || check.failure_rate.is_some()
        || check.slow_rate.is_some()
        || check.rejected.is_some()
        || check.transitions.is_some()
        || check.state.is_some()
}

pub fn breaker(check: &Check, shown: &Snapshot, changes: Option<&Changes>) -> Checked {
    #[expect(clippy::cast_precision_loss, reason = "cases have a few calls")]
    let count = |calls: u64| calls as f64;
    number("recorded", check.recorded, count(shown.calls))?;
    number("failures", check.failures, count(shown.failures))?;
    number(
        "successes",
        check.successes,
        count(shown.calls - shown.failures),
    )?;
    number("slow", check.slow, count(shown.slow))?;
    percent("failure_rate", check.failure_rate, shown.failure_rate)?;
    percent("slow_rate", check.slow_rate, shown.slow_rate)?;
    let before = changes.map_or(0, |changes| changes.before_opening);
    number(
        "rejected",
        check.rejected,
        count(shown.rejected.saturating_sub(before)),
    )?;
    if let Some(transitions) = &check.transitions {
        let seen: Vec<_> = changes.map_or(&[][..], |changes| &changes.to).to_vec();
        let wanted: Vec<_> = transitions.iter().map(String::as_str).collect();
        same("transitions", &wanted, &seen)?;
    }
    match &check.state {
        Some(state) => same("state", state.as_str(), word(shown.phase)),
        None => Ok(()),
    }
}

/// To a hundredth of a percent, which is what a share is kept in.
fn percent(what: &str, wanted: Option<f64>, actual: Option<Ratio>) -> Checked {
    let Some(wanted) = wanted else {
        return Ok(());
    };
    match actual.map(|ratio| f64::from(ratio.as_hundredths()) / 100.0) {
        Some(actual) if (actual - wanted).abs() < 0.01 => Ok(()),
        other => Err(format!("{what}: {other:?}, not {wanted}")),
    }
}
