//! Which second it is, and what the last full one earned.
//!
//! Goes in: two slots, each a second with its answers, and a stamp. Comes out: the cap. Refuses nothing: a slot
//! about another second counts as none.

use crate::clock::Stamp;

/// A second (upper half) and how many answers there were in it. Four billion answers in a second would count
/// as none of the next one.
#[derive(Clone, Copy)]
pub(super) struct Second(pub(super) u64);

impl Second {
    pub(super) const fn with(number: u64, answers: u64) -> Self {
        Self(number << 32 | answers)
    }

    pub(super) const fn number(self) -> u64 {
        self.0 >> 32
    }

    pub(super) const fn answers(self) -> u64 {
        self.0 & 0xFFFF_FFFF
    }

    /// Its answers if it is the one before `second`, otherwise there were none.
    const fn answers_before(self, second: u64) -> u64 {
        if self.number() + 1 == second {
            self.answers()
        } else {
            0
        }
    }
}

/// The newest second known, and what stood before it in the other slot.
#[derive(Clone, Copy)]
pub(super) struct Seconds {
    pub(super) newest: Second,
    pub(super) other: Second,
}

impl Seconds {
    #[inline]
    pub(super) const fn of(even: Second, odd: Second) -> Self {
        // The number is the upper half, so it decides.
        if even.0 > odd.0 {
            Self {
                newest: even,
                other: odd,
            }
        } else {
            Self {
                newest: odd,
                other: even,
            }
        }
    }

    /// Answers in the last second that was full at `second`. One from before the newest is as good as that.
    #[inline]
    pub(super) const fn last_full(self, second: u64) -> u64 {
        let Self { newest, other } = self;
        if second <= newest.number() {
            return other.answers_before(newest.number());
        }
        newest.answers_before(second)
    }
}

/// Whole seconds; the first stamp of all is in second 3,600, so 0 is before everything.
#[inline]
pub(super) const fn number(now: Stamp) -> u64 {
    let seconds = now.as_nanos() / 1_000_000_000;
    // 136 years.
    if seconds < u32::MAX as u64 {
        seconds
    } else {
        u32::MAX as u64
    }
}
