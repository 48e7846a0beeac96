//! What an event is about, whatever its variant: the call, the attempt, the policy, and words for labels.

use super::{End, Event, Refusal};
#[cfg(feature = "tracing")]
use crate::breaker::Phase;
use crate::dependency::Dependency;
use crate::failure::Failure;

impl<'a> Event<'a> {
    /// The annotated function; none when the event is about a state that functions may share.
    #[must_use]
    pub const fn call(&self) -> Option<&'a str> {
        match *self {
            Self::CallStarted { call, .. }
            | Self::CallFinished { call, .. }
            | Self::AttemptStarted { call, .. }
            | Self::AttemptFinished { call, .. }
            | Self::RetryScheduled { call, .. }
            | Self::RetryRefused { call, .. }
            | Self::Rejected { call, .. }
            | Self::PermitWaited { call, .. }
            | Self::LimitChanged { call, .. }
            | Self::NestedRetry { call, .. }
            | Self::CallInTransaction { call, .. }
            | Self::HedgeSent { call, .. }
            | Self::HedgeRefused { call, .. }
            | Self::LaneCancelled { call, .. }
            | Self::ErrorHidden { call, .. }
            | Self::ServiceAsked { call, .. }
            | Self::Resolved { call, .. }
            | Self::FailoverStarted { call, .. }
            | Self::FailoverRefused { call, .. }
            | Self::Fallback { call, .. } => Some(call),
            Self::BreakerTransition { call, .. } | Self::JournalFailed { call, .. } => call,
            Self::ClockWentBack { .. }
            | Self::KeyOverflow { .. }
            | Self::OverrideRefused { .. } => None,
        }
    }

    /// The service that the function calls, by [`dependency`](macro@crate::dependency); none when it has no name, or when
    /// the event is about a state that functions may share.
    #[must_use]
    pub const fn dependency(&self) -> Option<Dependency> {
        match *self {
            Self::CallStarted { dependency, .. }
            | Self::CallFinished { dependency, .. }
            | Self::AttemptStarted { dependency, .. }
            | Self::PermitWaited { dependency, .. }
            | Self::AttemptFinished { dependency, .. }
            | Self::RetryScheduled { dependency, .. }
            | Self::RetryRefused { dependency, .. }
            | Self::Rejected { dependency, .. }
            | Self::LimitChanged { dependency, .. }
            | Self::NestedRetry { dependency, .. }
            | Self::CallInTransaction { dependency, .. }
            | Self::HedgeSent { dependency, .. }
            | Self::HedgeRefused { dependency, .. }
            | Self::LaneCancelled { dependency, .. }
            | Self::ErrorHidden { dependency, .. }
            | Self::FailoverStarted { dependency, .. }
            | Self::FailoverRefused { dependency, .. }
            | Self::Fallback { dependency, .. }
            | Self::ServiceAsked { dependency, .. }
            | Self::Resolved { dependency, .. }
            | Self::JournalFailed { dependency, .. }
            | Self::BreakerTransition { dependency, .. } => dependency,
            Self::ClockWentBack { .. }
            | Self::KeyOverflow { .. }
            | Self::OverrideRefused { .. } => None,
        }
    }

    /// The attempt it is about, from 1; none when it is about the call as a whole, or about a state.
    #[must_use]
    pub const fn attempt(&self) -> Option<u32> {
        match *self {
            Self::AttemptStarted { attempt, .. }
            | Self::AttemptFinished { attempt, .. }
            | Self::RetryScheduled { attempt, .. }
            | Self::RetryRefused { attempt, .. }
            | Self::PermitWaited { attempt, .. }
            | Self::HedgeSent { attempt, .. }
            | Self::HedgeRefused { attempt, .. }
            | Self::LaneCancelled { attempt, .. }
            | Self::ErrorHidden { attempt, .. } => Some(attempt),
            Self::Rejected { attempt, .. } if attempt > 0 => Some(attempt),
            _ => None,
        }
    }

    /// What the error means that it is about.
    #[must_use]
    pub const fn failure(&self) -> Option<Failure> {
        match *self {
            Self::RetryScheduled { failure, .. }
            | Self::RetryRefused { failure, .. }
            | Self::ErrorHidden { failure, .. }
            | Self::FailoverStarted { failure, .. }
            | Self::FailoverRefused { failure, .. }
            | Self::Fallback { failure, .. } => Some(failure),
            Self::AttemptFinished { end, .. } | Self::CallFinished { end, .. } => end.failure(),
            _ => None,
        }
    }

    /// The policy it is about, as its attribute is called; none for a call or an attempt as such.
    #[must_use]
    pub const fn policy(&self) -> Option<&'static str> {
        match *self {
            Self::RetryScheduled { .. }
            | Self::RetryRefused { .. }
            | Self::NestedRetry { .. }
            | Self::ErrorHidden { .. } => Some("retry"),
            Self::HedgeSent { .. } | Self::HedgeRefused { .. } | Self::LaneCancelled { .. } => {
                Some("hedge")
            }
            Self::Rejected { kind, .. } => Some(kind.policy()),
            Self::BreakerTransition { .. } => Some("breaker"),
            Self::ServiceAsked { .. } | Self::Resolved { .. } | Self::JournalFailed { .. } => {
                Some("on_unknown")
            }
            Self::LimitChanged { .. } => Some("bulkhead"),
            Self::FailoverStarted { .. } | Self::FailoverRefused { .. } => Some("failover"),
            Self::Fallback { .. } => Some("fallback"),
            Self::PermitWaited { policy, .. }
            | Self::ClockWentBack { policy, .. }
            | Self::KeyOverflow { policy, .. } => Some(policy),
            _ => None,
        }
    }

    /// The phase a breaker has now.
    #[cfg(feature = "tracing")]
    pub(crate) const fn breaker(&self) -> Option<Phase> {
        match *self {
            Self::BreakerTransition { to, .. } => Some(to),
            _ => None,
        }
    }

    /// What happened in one word, for labels: the variant's name in snake case.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::CallStarted { .. } => "call_started",
            Self::CallFinished { .. } => "call_finished",
            Self::AttemptStarted { .. } => "attempt_started",
            Self::AttemptFinished { .. } => "attempt_finished",
            Self::RetryScheduled { .. } => "retry_scheduled",
            Self::RetryRefused { .. } => "retry_refused",
            Self::Rejected { .. } => "rejected",
            Self::PermitWaited { .. } => "permit_waited",
            Self::BreakerTransition { .. } => "breaker_transition",
            Self::LimitChanged { .. } => "limit_changed",
            Self::ClockWentBack { .. } => "clock_went_back",
            Self::KeyOverflow { .. } => "key_overflow",
            Self::OverrideRefused { .. } => "override_refused",
            Self::NestedRetry { .. } => "nested_retry",
            Self::CallInTransaction { .. } => "call_in_transaction",
            Self::HedgeSent { .. } => "hedge_sent",
            Self::HedgeRefused { .. } => "hedge_refused",
            Self::LaneCancelled { .. } => "lane_cancelled",
            Self::ErrorHidden { .. } => "error_hidden",
            Self::FailoverStarted { .. } => "failover_started",
            Self::FailoverRefused { .. } => "failover_refused",
            Self::Fallback { .. } => "fallback",
            Self::ServiceAsked { .. } => "service_asked",
            Self::Resolved { .. } => "resolved",
            Self::JournalFailed { .. } => "journal_failed",
        }
    }
}

impl Refusal {
    /// Why in one word, for labels: the variant's name in snake case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Budget => "budget",
            Self::NoTimeLeft => "no_time_left",
            Self::NotRepeatable => "not_repeatable",
            Self::RepeatedInside => "repeated_inside",
            Self::ServerDelay => "server_delay",
        }
    }
}

impl End {
    /// How it ended in one word, for labels: `success`, `failure`, `rejected` (a policy refused it before anything was
    /// sent) or `dropped`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "success",
            Self::Failed(Failure::Rejected { .. }) => "rejected",
            Self::Failed(_) => "failure",
            Self::Dropped => "dropped",
        }
    }

    /// What the error means, if it ended with one.
    #[must_use]
    pub const fn failure(self) -> Option<Failure> {
        match self {
            Self::Failed(failure) => Some(failure),
            Self::Ok | Self::Dropped => None,
        }
    }
}
