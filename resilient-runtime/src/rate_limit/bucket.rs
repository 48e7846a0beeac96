//! governor's bucket behind our clock: one word and the present go in, a token or the next one's instant comes out.
//!
//! The word is the instant at which the bucket will be full again (GCRA's theoretical arrival time). It belongs
//! to us and the numbers are handed in anew each time, so they may change while the state stays.

use std::cell::Cell;
use std::num::NonZeroU32;
use std::ops::Add;
use std::time::Duration;

use governor::clock::{Clock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{NotKeyed, StateStore};
use governor::{Quota, RateLimiter};

use crate::clock::Stamp;
use crate::sync::{AtomicU64, Ordering};

/// Somebody queues. Above every instant: whoever does not know of it finds a bucket that stays empty.
pub(super) const SHUT: u64 = 1 << 63;

/// Takes a token, or says when the next one comes. `shut` is the bit that the word carries while the caller
/// knows that somebody queues, otherwise zero.
#[inline]
pub(super) fn take(
    word: &AtomicU64,
    shut: u64,
    (interval, burst): (u64, u32),
    now: Stamp,
) -> Result<(), Stamp> {
    let Some(quota) = Quota::with_period(Duration::from_nanos(interval)) else {
        return Ok(());
    };
    let quota = quota.allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN));
    let (word, clock) = (Word { word, shut }, Handed::of(now));
    RateLimiter::<_, _, _, NoOpMiddleware<At>>::new(quota, word, clock)
        .check()
        .map_err(|not_until| not_until.earliest_possible().0)
}

struct Word<'a> {
    word: &'a AtomicU64,
    shut: u64,
}

impl StateStore for Word<'_> {
    type Key = NotKeyed;

    #[inline]
    fn measure_and_replace<T, F, E>(&self, _key: &NotKeyed, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        // Nothing else is published by this word, so relaxed is enough.
        let mut before = self.word.load(Ordering::Relaxed);
        loop {
            let (taken, after) = decide(Some(Nanos::from(before & !self.shut)))?;
            let after = u64::from(after) | self.shut;
            match self.word.compare_exchange_weak(
                before,
                after,
                Ordering::Relaxed,
                Ordering::Relaxed,
            ) {
                Ok(_) => return Ok(taken),
                Err(changed) => before = changed,
            }
        }
    }
}

/// A clock that was read already. Asked for its origin first, as every limiter does when it is made: that is the
/// zero of all stamps.
struct Handed {
    next: Cell<Stamp>,
    now: Stamp,
}

impl Handed {
    #[inline]
    fn of(now: Stamp) -> Self {
        Self {
            next: Cell::new(Stamp::NEVER),
            now,
        }
    }
}

impl Clock for Handed {
    type Instant = At;

    #[inline]
    fn now(&self) -> At {
        At(self.next.replace(self.now))
    }
}

/// A stamp as governor wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct At(Stamp);

impl Add<Nanos> for At {
    type Output = Self;

    #[inline]
    fn add(self, nanos: Nanos) -> Self {
        Self(self.0.plus_nanos(nanos.as_u64()))
    }
}

impl Reference for At {
    #[inline]
    fn duration_since(&self, earlier: Self) -> Nanos {
        let nanos = self.0.as_nanos().saturating_sub(earlier.0.as_nanos());
        Nanos::from(nanos)
    }

    #[inline]
    fn saturating_sub(&self, nanos: Nanos) -> Self {
        let before = self.0.as_nanos().checked_sub(nanos.as_u64());
        before.map_or(*self, |nanos| Self(Stamp::from_nanos(nanos)))
    }
}
