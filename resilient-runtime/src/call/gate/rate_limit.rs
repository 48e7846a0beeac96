//! The rate limit as a gate.

use std::task::Context;

use super::whose::{Either, Global, Keyed, Way, Whose, ways};
use super::{Key, Paced, Paces};
use crate::call::by_hand::Handle;
use crate::clock::Stamp;
use crate::event::{self, Event};
use crate::rate_limit::{Core, Entry, RateLimit, Token, Waiting};
use crate::shared::{Ref, Shown, State};

/// Where a function's rate limit is.
pub struct RateLimitGate<W>(W);

ways!(RateLimit, Local, Core);

/// In a `static` of the generated code.
pub type RateLimitFixed = RateLimitGate<Global<RateLimit>>;

impl RateLimitGate<Global<RateLimit>> {
    /// A rate limit in a `static`.
    #[inline]
    #[must_use]
    pub const fn shared(rate_limit: &'static RateLimit) -> Self {
        Self(Global(rate_limit))
    }
}

impl RateLimitGate<Local> {
    /// A rate limit in a field of the client.
    #[must_use]
    pub fn owned(rate_limit: &RateLimit) -> Self {
        Self(Local(rate_limit.0.own()))
    }
}

/// The gate of a policy for use by hand.
pub(in crate::call) type RateLimitByHand = RateLimitGate<Way<RateLimit, Local>>;

impl RateLimitByHand {
    /// The rate limit that a policy for use by hand stands for, or its part for this key.
    pub(in crate::call) fn by_hand(rate_limit: &Handle<RateLimit>, key: Option<Key>) -> Self {
        Self(match rate_limit {
            Handle::Shared(rate_limit) => Either::One(Either::keyed(Global(rate_limit), key)),
            Handle::Own(rate_limit) => Either::Other(Either::keyed(Local(rate_limit.0.own()), key)),
        })
    }
}

impl<W> RateLimitGate<W> {
    /// One rate limit for each key.
    #[must_use]
    pub fn keyed(self, key: Key) -> RateLimitGate<Keyed<W>> {
        RateLimitGate(Keyed(self.0, key.0))
    }
}

impl<W> std::fmt::Debug for RateLimitGate<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RateLimitGate")
    }
}

/// A rate limit's token until its call is sent, opaque to generated code.
#[doc(hidden)]
pub struct RateLimitToken(Token);

/// A place in a rate limit's queue, opaque to generated code.
#[doc(hidden)]
pub struct RateLimitWaiting(Waiting);

impl<W: Whose<Core>> Paces for RateLimitGate<W> {
    const PRESENT: bool = true;
    type Token = RateLimitToken;
    type Waiting = RateLimitWaiting;

    #[inline]
    fn take_plainly(&self, now: Stamp) -> bool {
        self.0.find().take_plainly(now)
    }

    fn taken(&self, now: Stamp) -> RateLimitToken {
        RateLimitToken(Token::taken(self.0.find(), now))
    }

    fn enter(&self, now: Stamp, latest: Stamp) -> Paced<RateLimitToken, RateLimitWaiting> {
        let core = self.0.find();
        let (entry, anew) = Core::enter(&core, now, latest, Stamp::now);
        if anew {
            event::emit(&Event::ClockWentBack {
                policy: Core::POLICY,
                state: self.0.shown(),
            });
        }
        match entry {
            Entry::Entered(token) => Paced::Entered(RateLimitToken(token)),
            Entry::Queued(waiting) => Paced::Queued(RateLimitWaiting(waiting), core.wait()),
            Entry::Refused { retry_after } => Paced::Refused(retry_after),
        }
    }

    fn poll(
        RateLimitWaiting(waiting): &mut RateLimitWaiting,
        now: Stamp,
        cx: &mut Context<'_>,
    ) -> Result<RateLimitToken, Stamp> {
        waiting.poll(now, cx).map(RateLimitToken)
    }

    fn expire(
        RateLimitWaiting(waiting): RateLimitWaiting,
        now: Stamp,
    ) -> Result<RateLimitToken, std::time::Duration> {
        waiting.expire(now).map(RateLimitToken)
    }

    #[inline]
    fn spend(RateLimitToken(token): RateLimitToken) {
        token.spend();
    }
}
