//! What an attempt knows of the calls inside of it, in one word. Goes in: counts and depth. Comes out: the same. Refuses to
//! let one part run over into the next.

use super::{Begun, Inner};

/// From the lowest bit on: depth of retries (24 bits), what is repeated inside (8), calls [begun](Begun) (32).
///
/// That of the poll has a depth, that of an attempt has none: so one is made of the other without taking it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known(u64);

const DEPTH: u64 = 0x00ff_ffff;
const INSIDE_SHIFT: u32 = 24;
const INSIDE: u64 = 0xff << INSIDE_SHIFT;
const STARTED_SHIFT: u32 = 32;
const STARTED: u64 = !(DEPTH | INSIDE);

impl Known {
    /// Outside of all calls, and at the beginning of each.
    pub(crate) const NOTHING: Self = Self(0);

    /// Which non-idempotent calls began.
    #[inline]
    pub(crate) const fn started(self) -> Begun {
        Begun::from_bits((self.0 >> STARTED_SHIFT) as u32)
    }

    #[inline]
    pub(crate) fn set_started(&mut self, calls: Begun) {
        self.0 = self.0 & !STARTED | u64::from(calls.to_bits()) << STARTED_SHIFT;
    }

    /// What the calls inside have repeated by themselves.
    #[inline]
    pub(crate) const fn inside(self) -> Inner {
        Inner::from_bits(((self.0 & INSIDE) >> INSIDE_SHIFT).to_le_bytes()[0])
    }

    #[inline]
    pub(crate) fn set_inside(&mut self, inner: Inner) {
        self.0 = self.0 & !INSIDE | u64::from(inner.bits()) << INSIDE_SHIFT;
    }

    /// How many repeating calls are around.
    #[inline]
    pub(super) const fn depth(self) -> u32 {
        (self.0 & DEPTH) as u32
    }

    #[inline]
    pub(super) fn set_depth(&mut self, depth: u32) {
        self.0 = self.0 & !DEPTH | u64::from(depth) & DEPTH;
    }

    /// In an attempt inside of this: it counts for itself.
    #[inline]
    pub(super) fn attempt(self, own: Self) -> Self {
        Self(self.0 & !STARTED | own.0 & STARTED)
    }

    /// In one that is repeated, and so knows itself what is repeated inside of it. The stack ends long before the depth.
    #[inline]
    pub(super) fn repeated(self, own: Self) -> Self {
        Self(((self.0 & DEPTH) + 1) | own.0)
    }
}
