//! Events as one line of text each, for a log.

mod why;

use std::fmt;
use std::time::Duration;

use self::why::{Reason, because};
use super::unknown::{asked, unwritten};
use super::{End, Event, Instead, NoHedge, Refusal};
use crate::breaker::{Cause, Phase};
use crate::rejected::Rounded;
use crate::shared::Shown;

impl fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::CallStarted { call, .. } => write!(f, "{call}: started"),
            Self::CallFinished {
                call,
                attempts,
                elapsed,
                end,
                ..
            } => {
                let elapsed = Rounded(elapsed);
                write!(f, "{call}: {end} after {elapsed} and {attempts} attempt(s)")
            }
            Self::AttemptStarted { .. }
            | Self::AttemptFinished { .. }
            | Self::PermitWaited { .. }
            | Self::RetryScheduled { .. }
            | Self::RetryRefused { .. }
            | Self::ErrorHidden { .. } => self.fmt_attempt(f),
            Self::HedgeSent { .. } | Self::HedgeRefused { .. } | Self::LaneCancelled { .. } => {
                self.fmt_lane(f)
            }
            Self::Rejected {
                call,
                attempt,
                kind,
                ..
            } => {
                write!(f, "{call}: ")?;
                if attempt > 0 {
                    write!(f, "attempt {attempt} ")?;
                }
                Reason(kind).fmt(f)
            }
            Self::BreakerTransition { .. }
            | Self::LimitChanged { .. }
            | Self::ClockWentBack { .. }
            | Self::KeyOverflow { .. } => self.fmt_state(f),
            Self::CallInTransaction { call, .. } => {
                write!(f, "{call}: called inside a database transaction")
            }
            Self::OverrideRefused { at, reason } => {
                write!(f, "{at}: this override was left out: {reason}")
            }
            Self::NestedRetry { call, depth, .. } => {
                write!(f, "{call}: retries inside {depth} other retrying call(s)")
            }
            Self::ServiceAsked { .. } | Self::Resolved { .. } | Self::JournalFailed { .. } => {
                self.fmt_lost(f)
            }
            Self::FailoverStarted { .. } | Self::FailoverRefused { .. } | Self::Fallback { .. } => {
                self.fmt_instead(f)
            }
        }
    }
}

impl Event<'_> {
    /// What became of a call whose answer was lost, and of its record.
    fn fmt_lost(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::ServiceAsked {
                call,
                question,
                reply,
                ..
            } => write!(f, "{call}: {}", asked(question, reply)),
            Self::Resolved { call, outcome, .. } => write!(f, "{call}: resolved, {outcome}"),
            Self::JournalFailed { call, what, .. } => {
                if let Some(call) = call {
                    write!(f, "{call}: ")?;
                }
                f.write_str(unwritten(what))
            }
            _ => Ok(()),
        }
    }

    /// What became of a state that calls may share.
    fn fmt_state(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::BreakerTransition {
                state,
                from,
                to,
                cause,
                open_for,
                ..
            } => transition(f, state, (from, to), cause, open_for),
            Self::LimitChanged {
                state, from, to, ..
            } => {
                let because = if to < from {
                    "outcomes are unknown or the service is overloaded"
                } else {
                    "it answers"
                };
                write!(f, "{state}: the limit was {from}, is {to}: {because}")
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
            _ => Ok(()),
        }
    }

    /// Who answered in the service's place.
    fn fmt_instead(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::FailoverStarted {
                call, to, failure, ..
            } => write!(f, "{call}: {}, so `{to}` is called", End::Failed(failure)),
            Self::FailoverRefused {
                call,
                to,
                failure,
                why,
                ..
            } => {
                let end = End::Failed(failure);
                write!(f, "{call}: {end}, `{to}` is not called: {why}")
            }
            Self::Fallback {
                call,
                failure,
                outcome,
                ..
            } => write!(
                f,
                "{call}: {}, the fallback {outcome}",
                End::Failed(failure)
            ),
            _ => Ok(()),
        }
    }

    /// What one attempt came to.
    fn fmt_attempt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::AttemptStarted { call, attempt, .. } => {
                write!(f, "{call}: attempt {attempt} started")
            }
            Self::PermitWaited {
                call,
                attempt,
                policy,
                waited,
                ..
            } => {
                let waited = Rounded(waited);
                write!(
                    f,
                    "{call}: attempt {attempt} waited {waited} for the {policy}"
                )
            }
            Self::AttemptFinished {
                call, attempt, end, ..
            } => {
                write!(f, "{call}: attempt {attempt} {end}")
            }
            Self::RetryScheduled {
                call,
                attempt,
                failure,
                delay,
                ..
            } => {
                let (end, delay) = (End::Failed(failure), Rounded(delay));
                write!(f, "{call}: attempt {attempt} {end}, the next in {delay}")
            }
            Self::RetryRefused {
                call,
                attempt,
                failure,
                why,
                ..
            } => {
                let end = End::Failed(failure);
                write!(f, "{call}: attempt {attempt} {end}, not repeated: {why}")
            }
            Self::ErrorHidden {
                call,
                attempt,
                failure,
                ..
            } => {
                let end = End::Failed(failure);
                write!(
                    f,
                    "{call}: attempt {attempt} {end} after one whose outcome is unknown"
                )
            }
            _ => Ok(()),
        }
    }
}

impl Event<'_> {
    /// What became of the lanes of one attempt.
    fn fmt_lane(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::HedgeSent {
                call,
                attempt,
                hedge,
                ..
            } => write!(
                f,
                "{call}: attempt {attempt} takes long, hedge {hedge} is sent"
            ),
            Self::HedgeRefused {
                call, attempt, why, ..
            } => {
                write!(f, "{call}: attempt {attempt} takes long, no hedge: {why}")
            }
            Self::LaneCancelled {
                call,
                attempt,
                lane: 0,
                ..
            } => write!(f, "{call}: attempt {attempt} was overtaken by its hedge"),
            Self::LaneCancelled {
                call,
                attempt,
                lane,
                ..
            } => write!(f, "{call}: attempt {attempt}: hedge {lane} came too late"),
            _ => Ok(()),
        }
    }
}

fn transition(
    f: &mut fmt::Formatter<'_>,
    state: Shown,
    (from, to): (Phase, Phase),
    cause: Cause,
    open_for: Option<Duration>,
) -> fmt::Result {
    write!(f, "{state}: the breaker was {from}, is {to}")?;
    if let Some(time) = open_for {
        write!(f, " for {}", Rounded(time))?;
    }
    write!(f, ": {}", because(cause))
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

impl fmt::Display for Instead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered => f.write_str("answered"),
            Self::Failed(failure) => write!(f, "failed too ({failure:?})"),
            Self::Refused => {
                f.write_str("was not asked: the call may have changed something, and nobody knows")
            }
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Budget => "the retry budget is used up",
            Self::NoTimeLeft => "too little time is left",
            Self::ServerDelay => "the service asked for a longer wait than there is time for",
            Self::RepeatedInside => "a call inside of it has had its repeats",
            Self::NotRepeatable => "it may have done what must not be done twice",
        })
    }
}

impl fmt::Display for NoHedge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Budget => "the budget is used up",
            Self::NoTimeLeft => "too little time is left",
            Self::NotRepeatable => "it may have done what must not be done twice",
            Self::Breaker => "the breaker is not closed",
            Self::RateLimit => "the rate limit has no token",
            Self::Permit => "no permit is free",
        })
    }
}
