//! Why something happened, in the words of a log: a rejection's kind, a breaker's cause.

use std::fmt;

use crate::breaker::Cause;
use crate::rejected::{Kind, Rounded};

/// The reason alone: the event says which call, and the error whether something was sent.
pub(super) struct Reason(pub(super) Kind);

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Kind::TotalTimeout { limit } | Kind::AttemptTimeout { limit } => {
                write!(f, "timed out after {}", Rounded(limit))
            }
            Kind::DeadlineExceeded => {
                f.write_str("ended: too little of the caller's time was left")
            }
            Kind::BreakerOpen {
                retry_after: Some(time),
            } => {
                write!(
                    f,
                    "refused: the breaker is open for another {}",
                    Rounded(time)
                )
            }
            Kind::BreakerOpen { retry_after: None } => {
                f.write_str("refused: the breaker was forced open")
            }
            Kind::RateLimited { retry_after } => {
                let wait = Rounded(retry_after);
                write!(f, "refused: the rate limit has no room for another {wait}")
            }
            Kind::BulkheadFull => f.write_str("refused: the bulkhead is full"),
            Kind::Scripted { failure } => write!(f, "failed as its script says: {failure}"),
            Kind::BulkheadTimeout { wait } => {
                let wait = Rounded(wait);
                write!(
                    f,
                    "refused: no permit of the bulkhead came free within {wait}"
                )
            }
            Kind::NotCarriedOut => f.write_str("ended: it was not carried out"),
            Kind::Cancelled => f.write_str("ended: it was cancelled"),
            Kind::Unresolved => f.write_str("ended: its outcome is still unknown"),
            Kind::JournalFull => f.write_str("refused: the journal is full"),
            Kind::JournalFailed => f.write_str("refused: the journal could not be written"),
            Kind::UnfitKey => f.write_str("refused: no service could be asked by its key"),
        }
    }
}

pub(super) fn because(cause: Cause) -> &'static str {
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
