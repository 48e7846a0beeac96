//! Whether a failed attempt is followed by another, and after how long: a pure function of the retry's numbers.
//!
//! In: how the attempt failed, how many there were, the time left. Out: the delay, or why there is none.
//! Asked by the loop of annotated functions and by the one for use by hand alike.

use std::time::Duration;

use super::site::Retry;
use crate::event::Refusal;
use crate::failure::Failure;
use crate::retry::{ServerDelay, server_delay};

/// What the decision rests on.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub(super) failure: Failure,
    /// The user's own condition said no.
    pub(super) final_: bool,
    /// The attempt that failed, from 1.
    pub(super) attempt: u32,
    /// It began something that must not be done twice.
    pub(super) started: bool,
    /// A call inside of it has repeated this failure already.
    pub(super) repeated: bool,
}

/// What follows.
pub(super) enum Follow {
    /// Nothing, and nobody expected anything else.
    Return,
    /// Nothing, although attempts are left.
    Refused(Refusal),
    /// Another attempt after this time.
    Again(Duration),
}

impl Retry {
    /// `left` is the time in which the next attempt has to start, none for no bound; asked only if it matters.
    pub(super) fn follow(&self, asked: Asked, left: impl FnOnce() -> Option<Duration>) -> Follow {
        let repeatable = match asked.failure {
            Failure::NotSent => true,
            Failure::Unknown | Failure::Transient { .. } | Failure::Overloaded { .. } => {
                !self.only_not_sent
            }
            Failure::Rejected { .. } | Failure::Permanent => false,
        };
        if !repeatable || asked.final_ || asked.attempt >= self.attempts {
            return Follow::Return;
        }
        if asked.started {
            return Follow::Refused(Refusal::NotRepeatable);
        }
        if asked.repeated {
            return Follow::Refused(Refusal::RepeatedInside);
        }
        let ordinary = self.backoff.delay(asked.attempt - 1, self.jitter);
        let left = left();
        let delay = match asked.failure.retry_after() {
            Some(asked) => match server_delay(asked, ordinary, self.max_server_delay, left) {
                ServerDelay::Wait(delay) => delay,
                ServerDelay::TooLong { .. } | ServerDelay::NoTime { .. } => {
                    return Follow::Refused(Refusal::ServerDelay);
                }
            },
            None => ordinary,
        };
        if left.is_some_and(|left| delay > left) {
            return Follow::Refused(Refusal::NoTimeLeft);
        }
        Follow::Again(delay)
    }
}
