//! The bulkhead as a gate.

use std::task::{Context, Poll};
use std::time::Duration;

use super::whose::{Either, Global, Keyed, Way, Whose, ways};
use super::{Entry, Key, Limits, Site, Verdict};
use crate::bulkhead::{self, Bulkhead, Change, Core, Load, Permit, Waiting};
use crate::call::by_hand::Handle;
use crate::clock::Stamp;
use crate::event::{self, Event};
use crate::failure::Failure;
use crate::shared::{Ref, Shown};

/// Where a function's bulkhead is.
pub struct BulkheadGate<W>(W);

ways!(Bulkhead, Local, Core);

/// In a `static` of the generated code.
pub type BulkheadFixed = BulkheadGate<Global<Bulkhead>>;

impl BulkheadGate<Global<Bulkhead>> {
    /// A bulkhead in a `static`.
    #[inline]
    #[must_use]
    pub const fn shared(bulkhead: &'static Bulkhead) -> Self {
        Self(Global(bulkhead))
    }
}

impl BulkheadGate<Local> {
    /// A bulkhead in a field of the client.
    #[must_use]
    pub fn owned(bulkhead: &Bulkhead) -> Self {
        Self(Local(bulkhead.0.own()))
    }
}

/// The gate of a policy for use by hand.
pub(in crate::call) type BulkheadByHand = BulkheadGate<Way<Bulkhead, Local>>;

impl BulkheadByHand {
    /// The bulkhead that a policy for use by hand stands for, or its part for this key.
    pub(in crate::call) fn by_hand(bulkhead: &Handle<Bulkhead>, key: Option<Key>) -> Self {
        Self(match bulkhead {
            Handle::Shared(bulkhead) => Either::One(Either::keyed(Global(bulkhead), key)),
            Handle::Own(bulkhead) => Either::Other(Either::keyed(Local(bulkhead.0.own()), key)),
        })
    }
}

impl<W> BulkheadGate<W> {
    /// One bulkhead for each key.
    #[must_use]
    pub fn keyed(self, key: Key) -> BulkheadGate<Keyed<W>> {
        BulkheadGate(Keyed(self.0, key.0))
    }
}

impl<W> std::fmt::Debug for BulkheadGate<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BulkheadGate")
    }
}

/// A bulkhead's permit until it is given back, opaque to generated code.
#[doc(hidden)]
pub struct BulkheadPermit(Option<Permit>);

/// A place in a bulkhead's queue, opaque to generated code.
#[doc(hidden)]
pub struct BulkheadWaiting(Waiting);

impl<W: Whose<Core>> Limits for BulkheadGate<W> {
    const PRESENT: bool = true;
    type Permit = BulkheadPermit;
    type Waiting = BulkheadWaiting;

    #[expect(clippy::inline_always, reason = "this is the way every call takes")]
    #[inline(always)]
    fn enter_plainly(&self) -> Option<BulkheadPermit> {
        let permit = Core::enter_plainly(self.0.find())?;
        Some(BulkheadPermit(Some(permit)))
    }

    fn enter(&self) -> Entry<BulkheadPermit, BulkheadWaiting> {
        let core = self.0.find();
        match Core::try_enter(&core) {
            bulkhead::Entry::Entered(permit) => Entry::Entered(BulkheadPermit(Some(permit))),
            bulkhead::Entry::Queued(waiting) => {
                let longest = core.wait().unwrap_or(Duration::ZERO);
                Entry::Queued(BulkheadWaiting(waiting), longest)
            }
            bulkhead::Entry::Full => Entry::Full,
        }
    }

    fn poll(waiting: &mut BulkheadWaiting, cx: &mut Context<'_>) -> Poll<BulkheadPermit> {
        let polled = waiting.0.poll(cx);
        polled.map(|permit| BulkheadPermit(Some(permit)))
    }

    fn expire(waiting: BulkheadWaiting) -> Option<BulkheadPermit> {
        let permit = waiting.0.expire()?;
        Some(BulkheadPermit(Some(permit)))
    }

    #[expect(clippy::inline_always, reason = "this is the way every call takes")]
    #[inline(always)]
    fn leave(&self, permit: &mut BulkheadPermit, verdict: &Verdict, site: &Site) {
        if permit.0.as_ref().is_some_and(Permit::adapts) {
            teach(&self.0, permit, verdict, site);
        }
        permit.0 = None;
    }
}

/// The limit follows the service: it learns from how the call ended.
#[cold]
fn teach(whose: &impl Whose<Core>, permit: &mut BulkheadPermit, verdict: &Verdict, site: &Site) {
    let permit = permit.0.take();
    if let Some(change) = permit.and_then(|permit| permit.leave(|| load(verdict), Stamp::now)) {
        tell(whose, change, site);
    }
}

#[cold]
fn tell(whose: &impl Whose<Core>, Change { from, to }: Change, site: &Site) {
    if event::listening() {
        event::emit(&Event::LimitChanged {
            state: whose.shown(),
            call: site.name,
            dependency: site.dependency(),
            from,
            to,
        });
    }
}

/// What an adaptive limit learns from a call: unknown outcomes and overload, never plain errors.
fn load(verdict: &Verdict) -> Load {
    match verdict.failure {
        _ if verdict.ignored => Load::Silent,
        // An answer all the same: the service is there, and does its work.
        None | Some(Failure::Permanent) => Load::Fine,
        Some(Failure::Unknown | Failure::Overloaded { .. }) => Load::Heavy,
        // An error that came back at once, or nothing that reached the service.
        Some(Failure::Rejected { .. } | Failure::NotSent | Failure::Transient { .. }) => {
            Load::Silent
        }
    }
}
