//! How attempts and calls end, as events say it.

use crate::failure::Failure;
use crate::on_unknown::State;

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum End {
    /// With an answer.
    Ok,
    /// With an error of this meaning.
    Failed(Failure),
    /// Its future was dropped before it was ready: the caller gave up, or panicked.
    Dropped,
}

/// What came of a fallback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Instead {
    /// The caller got its answer.
    Answered,
    /// It failed as well, in this way.
    Failed(Failure),
    /// It was not asked: the call may have changed something, and nobody knows.
    Refused,
}

/// What a journal could not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unwritten {
    /// The intent to call, under `journal(best_effort)`: the call is sent, and nobody will ask about it once its caller is gone.
    Intent,
    /// What is known of the outcome. The record stays as it was, and the reconciler asks about it. A success that a reconciler
    /// would cancel without looking is written again, and told to the caller only when that worked.
    State(State),
    /// That the call goes on, and so does its lease. It is tried again before the lease is over.
    Lease,
    /// That nobody deals with a record any more: until its lease is over nobody else does.
    Release,
    /// Nothing was written: the open records could not be read.
    Records,
}

/// Why there is no other attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// The retry budget is used up.
    Budget,
    /// Too little time is left for another attempt.
    NoTimeLeft,
    /// The service asked for more time than is left, or than `max_server_delay` grants.
    ServerDelay,
    /// The attempt may have done something that must not be done twice.
    NotRepeatable,
    /// A call inside the attempt repeats by itself and failed all the same, or had no budget left: repeating the
    /// attempt would multiply its repeats.
    RepeatedInside,
}

/// Why a hedge that was due is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NoHedge {
    /// The budget is used up.
    Budget,
    /// Too little of the total time is left.
    NoTimeLeft,
    /// The attempt may have done something that must not be done twice.
    NotRepeatable,
    /// The breaker is not closed.
    Breaker,
    /// The rate limit has no token at this moment.
    RateLimit,
    /// No permit is free.
    Permit,
}
