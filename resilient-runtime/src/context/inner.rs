//! What became of the calls inside an attempt that repeat by themselves. Goes in: "it repeats", "it ended", "it gave
//! up". Comes out: whether repeating the attempt around them would multiply attempts. Refuses nothing.
//!
//! The source is the rule of the SRE book ("Handling Overload") and of AWS ("Timeouts, retries and backoff with
//! jitter"): repeat at one layer, the one next to what failed; a failure that was repeated there says "don't retry" to
//! all the layers above. An RPC system writes that into the error; here the error is the user's, so it travels beside it.

use super::CONTEXT;
use super::plain::retries;
use crate::failure::Failure;

/// How many calls are in the middle of repeating, and the classes of failures that others gave up with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Inner(u8);

/// The lower half counts; of more than fifteen at a time the rest is passed over.
const COUNT: u8 = 0x0f;
const ONE: u8 = 1;

impl Inner {
    /// Nothing inside has repeated.
    pub(crate) const NONE: Self = Self(0);

    #[inline]
    pub(super) const fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    #[inline]
    pub(super) const fn bits(self) -> u8 {
        self.0
    }

    /// What is known of two lanes of one attempt.
    pub(crate) const fn and(self, Self(other): Self) -> Self {
        let (one, other_count) = (self.0 & COUNT, other & COUNT);
        let count = if one + other_count > COUNT {
            COUNT
        } else {
            one + other_count
        };
        Self((self.0 | other) & !COUNT | count)
    }

    /// Whether a failure of this class has used up its repeats inside. A call that was dropped in the middle of
    /// repeating has done so for every class, as nobody knows what it would have ended with.
    pub(crate) const fn has_spent(self, failure: Failure) -> bool {
        self.0 & COUNT != 0 || self.0 & class(failure) != 0
    }
}

/// One bit for each class that a retry repeats.
const fn class(failure: Failure) -> u8 {
    match failure {
        Failure::NotSent => 1 << 4,
        Failure::Unknown => 1 << 5,
        Failure::Transient { .. } => 1 << 6,
        Failure::Overloaded { .. } => 1 << 7,
        Failure::Rejected { .. } | Failure::Permanent => 0,
    }
}

/// Changes what the attempt around the call being polled knows; outside of one there is nobody to know it.
fn change(how: impl FnOnce(u8) -> u8) {
    if retries() > 0 {
        CONTEXT.with(|context| {
            let mut known = context.known.get();
            let Inner(before) = known.inside();
            known.set_inside(Inner(how(before)));
            context.known.set(known);
        });
    }
}

/// A call begins its second attempt.
#[cold]
pub(crate) fn begin_repeating() {
    change(|inner| {
        if inner & COUNT == COUNT {
            inner
        } else {
            inner + ONE
        }
    });
}

/// Its repeats brought an answer.
#[cold]
pub(crate) fn end_repeating() {
    change(ended);
}

/// A call that had its repeats, or could not pay for any, failed all the same.
#[cold]
pub(crate) fn give_up_repeating(failure: Failure) {
    change(|inner| inner | class(failure));
}

/// One that left the call it began in is not counted here.
const fn ended(inner: u8) -> u8 {
    if inner & COUNT == 0 {
        inner
    } else {
        inner - ONE
    }
}
