//! The instant that stamps count from, and the way from an instant to a stamp.
//!
//! In: instants of the standard library. Out: nanoseconds. Refuses to trust what the standard library does
//! not promise: the short way is taken only after it gave the right answers where they are known.
//!
//! Subtracting two [`Instant`]s takes about eighty instructions, and every call reads the clock. An `Instant`
//! gives its seconds and nanoseconds away in one place, its `Hash`; reading them there takes ten.

use std::hash::{Hash, Hasher};
use std::time::{Duration, Instant};

use super::{Stamp, nanos};

/// The first instant anybody asked about.
pub(super) struct Origin {
    pub(super) instant: Instant,
    /// Its reading; larger than any other if readings are not to be trusted.
    reading: u64,
}

impl Origin {
    #[cold]
    pub(super) fn new(instant: Instant) -> Self {
        let trusted = Reading::of(instant).filter(|zero| {
            let differences = [1, 999_999_999, 1_000_000_000, 86_399_000_000_001];
            differences.into_iter().all(|difference| {
                let later = instant.checked_add(Duration::from_nanos(difference));
                later.and_then(Reading::of) == zero.checked_add(difference)
            })
        });
        Self {
            instant,
            reading: trusted.unwrap_or(u64::MAX),
        }
    }

    #[inline]
    pub(super) fn stamp(&self, instant: Instant) -> Stamp {
        match Reading::of(instant) {
            Some(reading) if reading >= self.reading => {
                Stamp(Stamp::FIRST.0 + (reading - self.reading))
            }
            _ => self.subtract(instant),
        }
    }

    /// What the standard library promises; also for instants before the origin, which only paused clocks show.
    #[cold]
    fn subtract(&self, instant: Instant) -> Stamp {
        match instant.checked_duration_since(self.instant) {
            Some(since) => Stamp::FIRST.plus(since),
            None => Stamp(Stamp::FIRST.0.saturating_sub(nanos(self.instant - instant))),
        }
    }
}

/// The seconds and nanoseconds that an `Instant` feeds its hasher.
#[derive(Default)]
struct Reading {
    seconds: u64,
    nanos: u32,
}

impl Reading {
    /// So many seconds are none.
    const STRANGE: u64 = u64::MAX;
    /// Some 290 years: nanoseconds of this and any stamp add up without overflow.
    const MOST: u64 = (u64::MAX >> 1) / 1_000_000_000;

    /// In nanoseconds since whenever the system's clock began.
    #[inline]
    fn of(instant: Instant) -> Option<u64> {
        let mut reading = Self::default();
        instant.hash(&mut reading);
        (reading.seconds < Self::MOST)
            .then(|| reading.seconds * 1_000_000_000 + u64::from(reading.nanos))
    }
}

impl Hasher for Reading {
    #[inline]
    fn write_u64(&mut self, seconds: u64) {
        self.seconds = seconds;
    }

    #[inline]
    fn write_i64(&mut self, seconds: i64) {
        // A negative one turns out as large as a strange one.
        self.seconds = u64::from_ne_bytes(seconds.to_ne_bytes());
    }

    #[inline]
    fn write_u32(&mut self, nanos: u32) {
        self.nanos = nanos;
    }

    #[inline]
    fn write(&mut self, _: &[u8]) {
        self.seconds = Self::STRANGE;
    }

    fn finish(&self) -> u64 {
        self.seconds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_and_the_promised_way_meet() {
        let now = Instant::now();
        let origin = Origin::new(now);
        for nanos in [0, 1, 999_999_999, 1_000_000_001, 1 << 50] {
            let later = now + Duration::from_nanos(nanos);
            assert_eq!(origin.stamp(later), origin.subtract(later));
            assert_eq!(origin.stamp(later).0, Stamp::FIRST.0 + nanos);
        }
    }

    #[test]
    fn an_instant_before_the_origin_is_a_stamp_before_the_first() {
        let now = Instant::now();
        let origin = Origin::new(now + Duration::from_nanos(7));
        assert_eq!(origin.stamp(now).0, Stamp::FIRST.0 - 7);
    }

    #[test]
    fn readings_that_are_not_trusted_are_not_used() {
        let now = Instant::now();
        let origin = Origin {
            instant: now,
            reading: u64::MAX,
        };
        let later = now + Duration::from_nanos(1_234_567_890);
        assert_eq!(origin.stamp(later).0, Stamp::FIRST.0 + 1_234_567_890);
    }

    /// Fails where the standard library changed: calls are then right, and slower.
    #[test]
    fn this_standard_library_gives_readings_away() {
        assert_ne!(Origin::new(Instant::now()).reading, u64::MAX);
    }
}
