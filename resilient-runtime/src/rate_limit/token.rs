//! What a caller holds: a token until its call is sent, a place while it waits.
//!
//! Goes in: the outcome of `enter`. Comes out: the token, given back when dropped before it was spent. Refuses: to
//! be forgotten; a dropped future, a panic or a refusal further in give back what was held.

use std::fmt;
use std::task::Context;
use std::time::Duration;

use super::core::Core;
use crate::clock::Stamp;
use crate::queue::Place;
use crate::shared::Ref;

/// What came of trying to enter.
#[must_use = "dropping it gives back what it holds"]
#[derive(Debug)]
pub(crate) enum Entry {
    /// Go ahead.
    Entered(Token),
    /// Wait here.
    Queued(Waiting),
    /// No token comes in time. Counted as rejected.
    Refused {
        /// The time until one would.
        retry_after: Duration,
    },
}

/// Leave to send one call. Dropping it before [`spend`](Self::spend) gives the token back while that is exact.
#[must_use = "dropping it gives the token back"]
pub(crate) struct Token {
    /// Gone once it is spent.
    core: Option<Ref<Core>>,
    /// The instant it counts from.
    from: Stamp,
}

impl Token {
    /// For a token that has been taken.
    pub(crate) fn taken(core: Ref<Core>, from: Stamp) -> Self {
        Self {
            core: Some(core),
            from,
        }
    }

    /// The call is sent.
    pub(crate) fn spend(mut self) {
        self.core = None;
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        if let Some(core) = self.core.take() {
            core.give_back(self.from, Stamp::now());
        }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

/// A place in the queue. Dropping it leaves the queue, and everyone behind moves up.
#[must_use = "dropping it leaves the queue"]
pub(crate) struct Waiting {
    /// Gone once the token is handed out.
    core: Option<Ref<Core>>,
    place: Place,
}

impl Waiting {
    pub(super) fn at(core: Ref<Core>, place: Place) -> Self {
        Self {
            core: Some(core),
            place,
        }
    }

    /// The token, once it is this one's turn, or the instant at which to poll again; woken when that becomes an
    /// earlier one. Cancel-safe: what was granted between two polls is there at the next.
    ///
    /// Never due after it gave its token.
    pub(crate) fn poll(&mut self, now: Stamp, cx: &mut Context<'_>) -> Result<Token, Stamp> {
        let Some(core) = self.core.take() else {
            return Err(Stamp::FOREVER);
        };
        // Cloning a waker runs the executor's code: before the lock, not under it.
        match core.collect(self.place, now, cx.waker().clone()) {
            Ok(from) => Ok(Token::taken(core, from)),
            Err(due) => {
                self.core = Some(core);
                Err(due)
            }
        }
    }

    /// The wait is over: counts as rejected, unless the token came at the last moment. Otherwise the time until it
    /// would have come.
    pub(crate) fn expire(mut self, now: Stamp) -> Result<Token, Duration> {
        let Some(core) = self.core.take() else {
            return Err(Duration::ZERO);
        };
        core.hand_on(now);
        match core.give_up(self.place, now) {
            Ok(from) => Ok(Token::taken(core, from)),
            Err(due) => {
                core.count_rejected();
                Err(due.since(now))
            }
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let Some(core) = self.core.take() else {
            return;
        };
        let now = Stamp::now();
        if let Ok(from) = core.give_up(self.place, now) {
            // Granted and never picked up.
            core.give_back(from, now);
        }
    }
}

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Waiting")
    }
}
