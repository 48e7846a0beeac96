//! How one lost call is resolved: which question to ask the service when, and what its answers prove.
//!
//! In: the remedies, the times, and each answer with the moment at which its question was sent. Out: the next question,
//! the outcome once it is certain, or giving up. Refuses to call anything certain that the service may still change:
//! "not found" before the call has settled, a cancel that the original may overtake, a success once a cancel was sent.
//!
//! Pure: neither a clock nor a lock nor a random number in it.

use std::time::Duration;

use super::Outcome;
use crate::clock::Stamp;

/// The first pause between two questions. A service that answered late once needs a moment, so ten times the first pause of
/// a retry (100 ms).
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause between two questions.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// So many questions in a row without an answer end the wait: the attempts of a retry.
pub(crate) const FAILURES: u32 = 3;

/// The longest pause behind so many tries: doubled each time.
pub(crate) fn longest_pause(tries: u32) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(1 << tries.min(8));
    doubled.min(LONGEST_PAUSE)
}

/// What the service can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Remedies {
    pub(crate) confirms: bool,
    pub(crate) cancels: bool,
    pub(crate) fences: bool,
}

/// A question to the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Question {
    /// Was it carried out?
    Confirm,
    /// Do not carry it out, or undo it.
    Cancel,
}

/// What the service said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reply {
    /// `confirm` found the call: it was carried out.
    Found,
    /// `confirm` did not find it.
    NotFound,
    /// `cancel` was carried out.
    Done,
    /// The question failed, or was not answered in time.
    Failed,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Ask this, not before then.
    Ask(Question, Stamp),
    /// Nothing that could still be asked in time would decide.
    GiveUp,
}

/// The course of one resolution.
#[derive(Debug, Clone)]
pub(crate) struct Course {
    remedies: Remedies,
    /// From when on the service carries the call out no more; none when nobody knows.
    settled: Option<Stamp>,
    /// The end of the wait.
    until: Stamp,
    /// From when on the time is for cancelling: the second half of the wait.
    half: Stamp,
    /// From now on cancels are sent; nothing else is believed any more.
    cancelling: bool,
    /// A cancel was carried out, and was not final.
    cancelled: bool,
    asked: u32,
    failed: u32,
    /// So many questions at most where no time ends the asking.
    most: u32,
    /// When the last reply came.
    last: Stamp,
    next: Stamp,
}

impl Course {
    /// For the caller of a call that was given up at `now`, who waits until `until`.
    pub(crate) fn waiting(
        remedies: Remedies,
        settles: Option<Duration>,
        now: Stamp,
        until: Stamp,
    ) -> Self {
        let half = if until == Stamp::FOREVER {
            Stamp::FOREVER
        } else {
            now.plus(until.since(now) / 2)
        };
        Self {
            remedies,
            settled: settles.map(|settles| now.plus(settles)),
            until,
            half,
            cancelling: !remedies.confirms,
            cancelled: false,
            asked: 0,
            failed: 0,
            most: FAILURES,
            last: now,
            next: now,
        }
    }

    /// For a record that nobody waits for: one question at a time, and all the time in the world.
    pub(crate) fn reconciling(
        remedies: Remedies,
        settled: Option<Stamp>,
        now: Stamp,
        cancelling: bool,
    ) -> Self {
        Self {
            remedies,
            settled,
            until: Stamp::FOREVER,
            half: Stamp::FOREVER,
            cancelling: cancelling || !remedies.confirms,
            cancelled: false,
            asked: 0,
            failed: 0,
            most: 1,
            last: now,
            next: now,
        }
    }

    /// What to do next.
    pub(crate) fn step(&mut self) -> Step {
        if !self.cancelling && self.gives_way() {
            self.cancelling = true;
            self.next = self.last;
        }
        if self.next >= self.until || self.failed >= FAILURES {
            return Step::GiveUp;
        }
        match self.cancelling {
            true if self.remedies.cancels && self.cancel_decides() => {
                Step::Ask(Question::Cancel, self.next)
            }
            false if self.never_decides() => Step::GiveUp,
            false => Step::Ask(Question::Confirm, self.next),
            true => Step::GiveUp,
        }
    }

    /// Whether asking gives way to cancelling: the call was not found, and half of the wait is over before it is settled.
    /// A question that failed is no reason: what stops a confirm stops a cancel as well.
    fn gives_way(&self) -> bool {
        let asked_enough = self.last >= self.half || self.never_decides();
        self.remedies.cancels && self.asked > 0 && self.failed == 0 && asked_enough
    }

    /// Nobody knows when the call is settled, nobody ends the asking, and it was asked often enough.
    fn never_decides(&self) -> bool {
        self.settled.is_none() && self.until == Stamp::FOREVER && self.asked >= self.most
    }

    /// Whether a cancel can ever be final; one is sent in any case.
    fn cancel_decides(&self) -> bool {
        self.remedies.fences || self.settled.is_some() || !self.cancelled
    }

    /// The longest pause before the next question; the caller draws from it.
    pub(crate) fn pause(&self) -> Duration {
        longest_pause(self.asked)
    }

    /// Takes the reply to a question that was sent at `sent`; `pause` is the time until the next one.
    pub(crate) fn replied(
        &mut self,
        reply: Reply,
        sent: Stamp,
        now: Stamp,
        pause: Duration,
    ) -> Option<Outcome> {
        let settled = self.settled.is_some_and(|settled| sent >= settled);
        self.asked = self.asked.saturating_add(1);
        self.failed = if reply == Reply::Failed {
            self.failed + 1
        } else {
            0
        };
        self.cancelled |= reply == Reply::Done;
        self.last = now;
        self.next = now.plus(pause);
        if let Some(at) = self.settled.filter(|at| *at > now) {
            // What is answered then is final; before that a cancel needs no repetition.
            let done = reply == Reply::Done;
            self.next = if done { at } else { self.next.min(at) };
        }
        if self.remedies.cancels && !self.cancelling && self.half > now {
            // A last look before the cancel: what was carried out meanwhile need not be undone.
            self.next = self.next.min(self.half);
        }
        match reply {
            // A cancel that was sent may still undo it.
            Reply::Found if !self.cancelling => Some(Outcome::Succeeded),
            Reply::NotFound if settled && !self.cancelling => Some(Outcome::NotCarriedOut),
            Reply::Done if settled || self.remedies.fences => Some(Outcome::Cancelled),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
