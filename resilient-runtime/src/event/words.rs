//! How attempts and calls end, as events say it.

use crate::failure::Failure;

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
