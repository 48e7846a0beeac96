//! The word that decides: limit, queue bit and permits out in one atomic, read by name.

use super::settings::MOST;

/// Somebody queues.
pub(super) const QUEUED: u64 = 1 << 31;
/// Everything but the limit.
pub(super) const LOWER_HALF: u64 = 0xFFFF_FFFF;
/// Some of the permits out may be spare ones, see [`super::spare`]. Never together with `QUEUED`.
pub(super) const LOOSE: u64 = 1 << 63;

/// `LOOSE` (bit 63), limit (31 bits), `QUEUED` (bit 31), permits out (31 bits).
#[derive(Clone, Copy)]
pub(super) struct Word(pub(super) u64);

impl Word {
    pub(super) const fn limit(self) -> u64 {
        self.0 >> 32 & MOST as u64
    }

    /// The same as a number of its own.
    pub(super) const fn limit_then(self) -> u32 {
        (self.0 >> 32) as u32 & MOST
    }

    pub(super) const fn in_flight(self) -> u64 {
        self.0 & MOST as u64
    }

    /// A permit is free and nobody queues. One comparison: `QUEUED` stands above the count and so makes the
    /// lower half larger than any limit.
    pub(super) const fn admits(self) -> bool {
        self.0 & LOWER_HALF < self.limit()
    }

    pub(super) const fn is_loose(self) -> bool {
        self.0 & LOOSE != 0
    }

    /// A permit is free, whoever queues.
    pub(super) const fn has_permit(self) -> bool {
        self.in_flight() < self.limit()
    }

    pub(super) const fn with_limit(self, limit: u32) -> Self {
        let limit = if limit > MOST { MOST } else { limit };
        Self((limit as u64) << 32 | self.0 & (LOWER_HALF | LOOSE))
    }
}
