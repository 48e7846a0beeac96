//! Events as one line of text each, for a log.

use std::fmt;

use super::{End, Event, Refusal};
use crate::breaker::Cause;

impl fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AttemptFinished { call, attempt, end } => {
                write!(f, "{call}: attempt {attempt} {end}")
            }
            Self::RetryScheduled {
                call,
                attempt,
                failure,
                delay,
            } => {
                write!(
                    f,
                    "{call}: attempt {attempt} failed ({failure:?}), the next in {delay:?}"
                )
            }
            Self::RetryRefused {
                call,
                attempt,
                failure,
                why,
            } => {
                write!(
                    f,
                    "{call}: attempt {attempt} failed ({failure:?}), not repeated: {why}"
                )
            }
            Self::Rejected {
                call,
                attempt: 0,
                kind,
            } => write!(f, "{call}: refused: {kind:?}"),
            Self::Rejected {
                call,
                attempt,
                kind,
            } => {
                write!(f, "{call}: attempt {attempt} refused: {kind:?}")
            }
            Self::BreakerTransition {
                state,
                from,
                to,
                cause,
                open_for,
                ..
            } => {
                write!(f, "{state}: the breaker was {from}, is {to}")?;
                if let Some(time) = open_for {
                    write!(f, " for {time:?}")?;
                }
                write!(f, ": {}", text(*cause))
            }
            Self::ClockWentBack { policy, state } => {
                write!(f, "{state}: the clock went back, the {policy} began anew")
            }
            Self::KeyOverflow {
                policy,
                state,
                bound,
            } => {
                write!(
                    f,
                    "{state}: all {bound} keys are active, new ones share one {policy}"
                )
            }
            Self::NestedRetry { call, depth } => {
                write!(f, "{call}: retries inside {depth} other retrying call(s)")
            }
            Self::ErrorHidden {
                call,
                attempt,
                failure,
            } => write!(
                f,
                "{call}: attempt {attempt} failed ({failure:?}) after one whose outcome is unknown"
            ),
        }
    }
}

fn text(cause: Cause) -> &'static str {
    match cause {
        Cause::FailureRate => "too many calls failed",
        Cause::SlowRate => "too many calls were slow",
        Cause::Consecutive => "too many outcomes in a row are unknown",
        Cause::Abandoned => "every call was dropped before it ended",
        Cause::OpenTimeOver => "the open time is over",
        Cause::ProbesSucceeded => "the probes succeeded",
        Cause::ProbeFailed => "a probe failed",
        Cause::ProbeSlow => "a probe was slow",
        Cause::Forced => "an operator decided so",
        Cause::Released => "an operator handed the decision back",
        Cause::Reset => "an operator reset it",
        Cause::ClockBehind => "the clock went back",
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok => f.write_str("succeeded"),
            Self::Failed(failure) => write!(f, "failed ({failure:?})"),
            Self::Dropped => f.write_str("was dropped before it ended"),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Budget => "the retry budget is used up",
            Self::NoTimeLeft => "too little time is left",
            Self::NotRepeatable => "it may have done what must not be done twice",
        })
    }
}
