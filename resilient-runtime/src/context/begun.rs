//! What an attempt began that must not be done twice, by what is known of it. Goes in: the beginning of a non-idempotent
//! call, and what it says when it is over. Comes out: whether the attempt may be repeated, and whether anybody else may
//! answer for it. Refuses to forget a call that nobody answered for.
//!
//! | a non-idempotent call inside | counted as | the retry or hedge around | failover, fallback | the record of `on_unknown` around, when the body fails |
//! |---|---|---|---|---|
//! | ended [not sent](Became::NotSent): refused by a policy, nobody reached | nothing | repeats | go on | closed: not carried out |
//! | [answered "no"](Became::Refused): transient, overloaded, permanent | refused | stops | go on | closed: not carried out |
//! | [succeeded](Became::Done), and the body failed behind it | done | stops | refuse | asked about; "not found" is no proof |
//! | ended [unknown](Became::Unknown), was dropped, panicked, or goes on | lost | stops | refuse | asked about |
//!
//! A repeat stops at an answered "no" as well: the words of an answer prove less than a connection that was never made.
//! Nobody else is kept from answering by it: of all attempts together nothing was carried out.
//!
//! One word, because every call carries one, and every poll puts one back.

use crate::failure::Failure;

/// What a call says of itself when it is over, from the best news for whoever would repeat it to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Became {
    /// Nothing was sent for certain.
    NotSent,
    /// The service answered: not carried out.
    Refused,
    /// The service answered: carried out.
    Done,
    /// Nobody knows, or nobody has said.
    Unknown,
}

impl Became {
    /// By the call's last answer; none is a success.
    pub(crate) const fn of(failure: Option<&Failure>) -> Self {
        match failure {
            None => Self::Done,
            Some(Failure::NotSent | Failure::Rejected { .. }) => Self::NotSent,
            Some(Failure::Unknown) => Self::Unknown,
            Some(Failure::Transient { .. } | Failure::Overloaded { .. } | Failure::Permanent) => {
                Self::Refused
            }
        }
    }

    /// What two attempts of one call come to.
    pub(crate) fn and(self, other: Self) -> Self {
        self.max(other)
    }
}

/// How many non-idempotent calls began: lost in the lower half, done and refused in a quarter each.
///
/// A count that is full stays full: of so many nobody can say any more that all of them were taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Begun(u32);

const LOST: Part = Part {
    shift: 0,
    full: 0xffff,
};
const DONE: Part = Part {
    shift: 16,
    full: 0xff,
};
const REFUSED: Part = Part {
    shift: 24,
    full: 0xff,
};

#[derive(Clone, Copy)]
struct Part {
    shift: u32,
    full: u32,
}

impl Begun {
    /// Nothing that must not be done twice.
    pub(crate) const NONE: Self = Self(0);

    /// Whether there is nothing at all.
    #[inline]
    pub(crate) const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Whether something was carried out, or may have been.
    pub(crate) const fn may_be_done(self) -> bool {
        self.is_partly_done() || self.count(LOST) != 0
    }

    /// Whether something was carried out for certain.
    pub(crate) const fn is_partly_done(self) -> bool {
        self.count(DONE) != 0
    }

    /// A call begins. Until it says otherwise, and for ever if it is dropped, it may have been carried out.
    #[inline]
    pub(crate) const fn begin(self) -> Self {
        // The hot half of `moved`: one more lost call, unless that count is full.
        if self.0 & LOST.full == LOST.full {
            self
        } else {
            Self(self.0 + 1)
        }
    }

    /// A call that had begun is over.
    #[inline]
    pub(crate) const fn end(self, became: Became) -> Self {
        let to = match became {
            Became::Unknown => return self,
            Became::NotSent => return self.moved(LOST, 1, 0),
            Became::Refused => REFUSED,
            Became::Done => DONE,
        };
        self.moved(LOST, 1, 0).moved(to, 0, 1)
    }

    /// With what became of an attempt inside: it had begun `before`, and has begun `now`.
    pub(crate) const fn with(self, before: Self, now: Self) -> Self {
        self.follow(LOST, before, now)
            .follow(DONE, before, now)
            .follow(REFUSED, before, now)
    }

    /// Without what an attempt inside had begun: it was certainly not carried out.
    pub(crate) const fn without(self, taken_back: Self) -> Self {
        self.with(taken_back, Self::NONE)
    }

    /// For an atomic.
    pub(crate) const fn to_bits(self) -> u32 {
        self.0
    }

    pub(crate) const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    const fn count(self, part: Part) -> u32 {
        (self.0 >> part.shift) & part.full
    }

    const fn follow(self, part: Part, before: Self, now: Self) -> Self {
        let (before, now) = (before.count(part), now.count(part));
        self.moved(part, before, now)
    }

    /// By as much as a count inside has moved; one that is full, here or inside, is full from now on.
    const fn moved(self, part: Part, before: u32, now: u32) -> Self {
        let count = self.count(part);
        let moved = (count + now).saturating_sub(before);
        let moved = if count == part.full || now == part.full || moved > part.full {
            part.full
        } else {
            moved
        };
        Self(self.0 & !(part.full << part.shift) | moved << part.shift)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Begun = Begun::NONE.begin();

    #[test]
    fn only_what_was_not_sent_is_forgotten() {
        assert!(ONE.end(Became::NotSent).is_none());
        for became in [Became::Refused, Became::Done, Became::Unknown] {
            assert!(!ONE.end(became).is_none(), "{became:?}");
        }
    }

    #[test]
    fn what_was_carried_out_or_may_have_been_is_told_from_an_answered_no() {
        let says = |became| {
            let begun = ONE.end(became);
            (begun.may_be_done(), begun.is_partly_done())
        };
        assert_eq!(says(Became::Refused), (false, false));
        assert_eq!(says(Became::Done), (true, true));
        assert_eq!(says(Became::Unknown), (true, false));
        assert!(
            ONE.end(Became::Refused).begin().may_be_done(),
            "a second one goes on"
        );
    }

    #[test]
    fn an_answer_takes_the_place_of_the_beginning_also_around_the_attempt() {
        let around = ONE.end(Became::Done).begin();
        let after_a_poll = around.with(Begun::NONE, ONE);
        let over = after_a_poll.with(ONE, ONE.end(Became::Refused));
        assert_eq!(over, around.with(Begun::NONE, ONE.end(Became::Refused)));
        assert_eq!(over.without(ONE.end(Became::Refused)), around);
    }

    #[test]
    fn a_count_that_is_full_is_never_taken_back() {
        let mut many = Begun::NONE;
        for _ in 0..70_000 {
            many = many.begin();
        }
        assert!(many.end(Became::NotSent).may_be_done());
        assert!(
            Begun::NONE
                .with(Begun::NONE, many)
                .without(many)
                .may_be_done()
        );
        let mut done = Begun::NONE;
        for _ in 0..1_000 {
            done = done.begin().end(Became::Done);
        }
        assert!(done.is_partly_done() && done.without(done).is_partly_done());
        assert_eq!(done.count(LOST), 0, "one count never runs into the next");
        assert_eq!(done.count(REFUSED), 0);
    }

    #[test]
    fn the_answer_of_a_call_that_began_elsewhere_takes_nothing_away() {
        assert_eq!(Begun::NONE.end(Became::NotSent), Begun::NONE);
        assert!(Begun::NONE.end(Became::Done).is_partly_done());
    }

    #[test]
    fn of_two_attempts_the_worse_news_counts() {
        let (not_sent, refused) = (Became::NotSent, Became::Refused);
        assert_eq!(not_sent.and(refused), refused);
        assert_eq!(Became::Unknown.and(Became::Done), Became::Unknown);
    }
}
