//! What a caller holds: a permit while it runs, a place while it waits.
//!
//! Goes in: the outcome of `try_enter`. Comes out: the permit, given back when dropped. Refuses: to be
//! forgotten; a dropped future, a panic or an early return give back what was held, like an ordinary end.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::adapt::{Change, Load};
use super::core::Core;
use crate::clock::Stamp;
use crate::queue::Place;
use crate::shared::Ref;

/// What came of trying to enter.
#[must_use = "dropping it leaves the bulkhead again"]
#[derive(Debug)]
pub(crate) enum Entry {
    /// Go ahead.
    Entered(Permit),
    /// Wait here, at most as long as [`Core::wait`] says.
    Queued(Waiting),
    /// No permit is free, and no place in the queue either. Counted as rejected.
    Full,
}

/// Leave to run one call. Dropping it gives the permit to the first in the queue, or back.
#[must_use = "dropping it leaves the bulkhead again"]
pub(crate) struct Permit(Held);

/// A [`Ref`], and what was known of the load when the permit was given out: a call that was let in before the limit was
/// lowered has nothing new to say. As one type, so that the number stands beside the tag, and a permit takes two words.
enum Held {
    Static(&'static Core, u32),
    Owned(Arc<Core>, u32),
}

impl Permit {
    /// For a permit that has been counted.
    #[inline]
    pub(super) fn taken(core: Ref<Core>) -> Self {
        let known = core.adapting.news();
        Self(match core {
            Ref::Static(core) => Held::Static(core, known),
            Ref::Owned(core) => Held::Owned(core, known),
        })
    }

    #[inline]
    fn core(&self) -> (&Core, u32) {
        match &self.0 {
            Held::Static(core, known) => (core, *known),
            Held::Owned(core, known) => (core, *known),
        }
    }

    /// Whether its limit learns from how calls end.
    #[inline]
    pub(crate) fn adapts(&self) -> bool {
        self.core().0.adapting.is_on()
    }

    /// Gives it back with what its call says about the load. An adaptive limit may change by it; that is to be told
    /// when the return value says so.
    pub(crate) fn leave(
        self,
        load: impl FnOnce() -> Load,
        clock: impl FnOnce() -> Stamp,
    ) -> Option<Change> {
        let (core, known) = self.core();
        if core.adapting.is_on() {
            core.adapt(known, load(), clock)
        } else {
            None
        }
    }
}

impl Drop for Permit {
    #[inline]
    fn drop(&mut self) {
        self.core().0.leave();
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Permit")
    }
}

/// A place in the queue. Dropping it leaves the queue; a permit granted by then goes to the next in it.
#[must_use = "dropping it leaves the queue"]
pub(crate) struct Waiting {
    /// Gone once the permit is handed out.
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

    /// The permit, once it is this one's turn; until then the task is woken when it is. Cancel-safe: what
    /// was granted between two polls is there at the next, or passed on if there is none.
    ///
    /// Pending for ever after it gave its permit.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Permit> {
        let Some(core) = self.core.take() else {
            return Poll::Pending;
        };
        // Cloning a waker runs the executor's code: before the lock, not under it.
        if core.collect(self.place, cx.waker().clone()) {
            return Poll::Ready(Permit::taken(core));
        }
        self.core = Some(core);
        Poll::Pending
    }

    /// The wait is over: counts as rejected, unless the permit came at the last moment.
    pub(crate) fn expire(mut self) -> Option<Permit> {
        let core = self.core.take()?;
        if core.give_up(self.place) {
            return Some(Permit::taken(core));
        }
        core.count_rejected();
        None
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let Some(core) = self.core.take() else {
            return;
        };
        if core.give_up(self.place) {
            // Granted and never picked up: this passes it on.
            drop(Permit::taken(core));
        }
    }
}

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Waiting")
    }
}
