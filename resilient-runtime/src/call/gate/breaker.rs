//! The breaker as a gate.

use super::whose::{Either, Global, Keyed, Way, Whose, ways};
use super::{Breaks, Key};
use crate::breaker::{Admission, Breaker, Core, Outcome, Ticket};
use crate::call::by_hand::Handle;
use crate::call::holding::Ends;
use crate::call::{Site, Verdict};
use crate::clock::Stamp;
use crate::event;
use crate::failure::Failure;
use crate::rejected::Kind;
use crate::shared::{Ref, Shown};

/// Where a function's breaker is.
pub struct BreakerGate<W>(W);

ways!(Breaker, Local, Core);

/// In a `static` of the generated code.
pub type BreakerFixed = BreakerGate<Global<Breaker>>;

impl BreakerGate<Global<Breaker>> {
    /// A breaker in a `static`.
    #[inline]
    #[must_use]
    pub const fn shared(breaker: &'static Breaker) -> Self {
        Self(Global(breaker))
    }
}

impl BreakerGate<Local> {
    /// A breaker in a field of the client.
    #[must_use]
    pub fn owned(breaker: &Breaker) -> Self {
        Self(Local(breaker.0.own()))
    }
}

/// The gate of a policy for use by hand.
pub(in crate::call) type BreakerByHand = BreakerGate<Way<Breaker, Local>>;

impl BreakerByHand {
    /// The breaker that a policy for use by hand stands for, or its part for this key.
    pub(in crate::call) fn by_hand(breaker: &Handle<Breaker>, key: Option<Key>) -> Self {
        Self(match breaker {
            Handle::Shared(breaker) => Either::One(Either::keyed(Global(breaker), key)),
            Handle::Own(breaker) => Either::Other(Either::keyed(Local(breaker.0.own()), key)),
        })
    }
}

impl<W> BreakerGate<W> {
    /// One breaker for each key.
    #[must_use]
    pub fn keyed(self, key: Key) -> BreakerGate<Keyed<W>> {
        BreakerGate(Keyed(self.0, key.0))
    }
}

impl<W> std::fmt::Debug for BreakerGate<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BreakerGate")
    }
}

/// A breaker's state, opaque to generated code.
#[doc(hidden)]
pub struct BreakerState(Ref<Core>);

/// An admission, opaque to generated code.
#[doc(hidden)]
pub struct BreakerAdmission(Admission);

/// A breaker's ticket, opaque to generated code.
#[doc(hidden)]
pub struct BreakerTicket(Ticket);

impl<W: Whose<Core>> Breaks for BreakerGate<W> {
    const PRESENT: bool = true;
    type State = BreakerState;
    type Admission = BreakerAdmission;
    type Ticket = BreakerTicket;

    #[inline]
    fn find(&self) -> BreakerState {
        BreakerState(self.0.find())
    }

    #[inline]
    fn is_timed(state: &BreakerState) -> bool {
        !state.0.is_timeless()
    }

    #[inline]
    fn look(state: &BreakerState, now: Stamp) -> Result<(), Kind> {
        state.0.look(now).map_err(|refused| Kind::BreakerOpen {
            retry_after: refused.retry_after,
        })
    }

    #[inline]
    fn is_owed(state: &BreakerState) -> bool {
        state.0.is_owed()
    }

    fn is_closed(state: &BreakerState) -> bool {
        state.0.lets_all_through()
    }

    #[inline]
    fn admit_plainly(state: &BreakerState, now: Stamp) -> Option<BreakerAdmission> {
        state.0.admit_plainly(now).map(BreakerAdmission)
    }

    #[inline]
    fn ticket(state: BreakerState, admission: BreakerAdmission) -> BreakerTicket {
        BreakerTicket(Ticket::new(state.0, admission.0))
    }

    fn admit(
        &self,
        BreakerState(core): BreakerState,
        now: Stamp,
        site: &Site,
    ) -> Result<BreakerTicket, Kind> {
        let (admitted, transition) = core.admit(now);
        if let Some(transition) = transition {
            event::breaker_transition(Some(site), || self.0.shown(), &transition);
        }
        match admitted {
            Ok(admission) => Ok(BreakerTicket(Ticket::new(core, admission))),
            Err(refused) => Err(Kind::BreakerOpen {
                retry_after: refused.retry_after,
            }),
        }
    }

    fn carry(&self, ticket: BreakerTicket, site: &'static Site) -> Option<Box<dyn Ends>> {
        Some(Box::new(Carried {
            ticket: ticket.0,
            shown: self.0.shown(),
            site,
        }))
    }

    #[inline]
    fn finish(&self, ticket: &mut BreakerTicket, verdict: &Verdict, site: &Site) {
        if verdict.failure.is_some() || !ticket.0.succeed_plainly() {
            record(&self.0, &mut ticket.0, verdict, site);
        }
    }
}

/// A ticket, and what the gate knew.
struct Carried {
    ticket: Ticket,
    shown: Shown,
    site: &'static Site,
}

impl Ends for Carried {
    fn end(mut self: Box<Self>, verdict: &Verdict) {
        if let Some(transition) = self.ticket.finish(outcome(verdict), Stamp::now) {
            event::breaker_transition(Some(self.site), || self.shown, &transition);
        }
    }
}

#[cold]
fn record(whose: &impl Whose<Core>, ticket: &mut Ticket, verdict: &Verdict, site: &Site) {
    if let Some(transition) = ticket.finish(outcome(verdict), Stamp::now) {
        event::breaker_transition(Some(site), || whose.shown(), &transition);
    }
}

/// What a breaker counts: design section 6, "breaker counting".
fn outcome(verdict: &Verdict) -> Outcome {
    let Some(failure) = verdict.failure else {
        return Outcome::Success;
    };
    if verdict.ignored {
        return Outcome::Ignored;
    }
    match failure {
        Failure::Rejected { .. } => Outcome::Ignored,
        // An answer all the same: the service is there, and does its work.
        Failure::Permanent
        | Failure::Overloaded {
            throttled: true, ..
        } => Outcome::Success,
        Failure::Unknown => Outcome::Failure {
            unknown: true,
            retry_after: None,
        },
        Failure::NotSent => Outcome::NotSent,
        Failure::Transient { retry_after } | Failure::Overloaded { retry_after, .. } => {
            Outcome::Failure {
                unknown: false,
                retry_after,
            }
        }
    }
}
