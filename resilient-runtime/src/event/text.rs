//! Events as one line of text each, for a log.

use std::fmt;

use super::{End, Event, Refusal};

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
