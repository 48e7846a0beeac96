//! The queue before a bulkhead or a rate limit: first come, first served.
//!
//! Goes in: a caller that joins, a grant for the first one, a caller that leaves from any place. Comes out:
//! whom to wake. Refuses: nothing; how many may wait is decided before.
//!
//! Every place carries a `T` for its policy: nothing for a bulkhead, a time for a rate limit.
//!
//! A plain data structure under the core's lock. It neither wakes nor drops a waker, both of which run code
//! of the executor's: it hands wakers out, for use when the lock is free.
//!
//! Linked through indices, so that leaving from the middle takes no longer than joining, however many wait.
//! A place that becomes free is used again: the memory is that of the longest queue so far.

use std::mem;
use std::task::Waker;

/// No place: the end of a chain.
const NOBODY: u32 = u32::MAX;

/// Where somebody stands. Valid until `leave`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place(u32);

enum Holder {
    Free,
    /// The waker is absent until the first poll.
    Waiting(Option<Waker>),
    /// Out of the chain; a permit or a token was taken for it and waits to be picked up.
    Granted,
}

struct Slot<T> {
    holder: Holder,
    value: T,
    before: u32,
    /// The next in the queue, or the next free slot.
    behind: u32,
}

pub(crate) struct Queue<T = ()> {
    slots: Vec<Slot<T>>,
    first: u32,
    last: u32,
    free: u32,
    waiting: u32,
}

impl<T: Copy> Queue<T> {
    pub(crate) const fn new() -> Self {
        Self {
            slots: Vec::new(),
            first: NOBODY,
            last: NOBODY,
            free: NOBODY,
            waiting: 0,
        }
    }

    /// How many wait; whoever was granted a permit no longer does.
    pub(crate) const fn waiting(&self) -> u32 {
        self.waiting
    }

    /// Joins at the end.
    pub(crate) fn join(&mut self, value: T) -> Place {
        let slot = Slot {
            holder: Holder::Waiting(None),
            value,
            before: self.last,
            behind: NOBODY,
        };
        let index = match self.free {
            NOBODY => {
                self.slots.push(slot);
                u32::try_from(self.slots.len() - 1)
                    .expect("those waiting and those granted are each fewer than 2^31")
            }
            free => {
                self.free = mem::replace(self.slot(free), slot).behind;
                free
            }
        };
        match self.last {
            NOBODY => self.first = index,
            last => self.slot(last).behind = index,
        }
        self.last = index;
        self.waiting += 1;
        Place(index)
    }

    /// Grants the first one what was taken for it; its waker is to be woken.
    pub(crate) fn grant_first(&mut self) -> Option<Waker> {
        let first = self.first;
        if first == NOBODY {
            return None;
        }
        self.unlink(first);
        match mem::replace(&mut self.slot(first).holder, Holder::Granted) {
            Holder::Waiting(waker) => waker,
            Holder::Free | Holder::Granted => None,
        }
    }

    /// What the first one in the queue carries.
    pub(crate) fn first(&mut self) -> Option<&mut T> {
        match self.first {
            NOBODY => None,
            first => Some(&mut self.slot(first).value),
        }
    }

    /// What this place carries, also after it was granted.
    pub(crate) fn value(&self, place: Place) -> T {
        self.slots[place.0 as usize].value
    }

    /// Gives this place another value.
    pub(crate) fn change(&mut self, place: Place, value: T) {
        self.slot(place.0).value = value;
    }

    /// The waker of the first one, to be woken without a grant; it leaves one again when it is polled.
    pub(crate) fn rouse_first(&mut self) -> Option<Waker> {
        match self.first {
            NOBODY => None,
            first => self.take_waker(first),
        }
    }

    /// The same for all, from the first to the last; `change` is told what each carries.
    pub(crate) fn rouse_all(&mut self, mut change: impl FnMut(&mut T)) -> Vec<Waker> {
        let mut wakers = Vec::new();
        let mut index = self.first;
        while index != NOBODY {
            change(&mut self.slot(index).value);
            wakers.extend(self.take_waker(index));
            index = self.slot(index).behind;
        }
        wakers
    }

    fn take_waker(&mut self, index: u32) -> Option<Waker> {
        match &mut self.slot(index).holder {
            Holder::Waiting(waker) => waker.take(),
            Holder::Free | Holder::Granted => None,
        }
    }

    /// Whether a grant waits to be picked up here.
    pub(crate) fn is_granted(&self, place: Place) -> bool {
        matches!(self.slots[place.0 as usize].holder, Holder::Granted)
    }

    /// Whom to wake when the permit comes; gives back the waker that was there.
    pub(crate) fn watch(&mut self, place: Place, waker: Waker) -> Option<Waker> {
        match &mut self.slot(place.0).holder {
            Holder::Waiting(watching) => watching.replace(waker),
            Holder::Free | Holder::Granted => Some(waker),
        }
    }

    /// Gives the place up: whether it had been granted a permit, which is now the caller's, and its waker.
    pub(crate) fn leave(&mut self, place: Place) -> (bool, Option<Waker>) {
        let index = place.0;
        let left = match mem::replace(&mut self.slot(index).holder, Holder::Free) {
            Holder::Waiting(waker) => {
                self.unlink(index);
                (false, waker)
            }
            Holder::Granted => (true, None),
            Holder::Free => return (false, None),
        };
        let free = mem::replace(&mut self.free, index);
        self.slot(index).behind = free;
        left
    }

    fn unlink(&mut self, index: u32) {
        let Slot { before, behind, .. } = *self.slot(index);
        match before {
            NOBODY => self.first = behind,
            before => self.slot(before).behind = behind,
        }
        match behind {
            NOBODY => self.last = before,
            behind => self.slot(behind).before = before,
        }
        self.waiting -= 1;
    }

    fn slot(&mut self, index: u32) -> &mut Slot<T> {
        &mut self.slots[index as usize]
    }
}
