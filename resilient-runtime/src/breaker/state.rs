//! The breaker as a pure machine: an event and its time go in, the new state and at most one
//! [`Transition`] come out. It reads no clock, draws no number, takes no lock and calls nobody.

use std::time::Duration;

use crate::clock::Stamp;

use super::event::{Admission, Ended, Outcome, Published, Refused, Transition};
use super::probing::Probing;
use super::ratio::Ratio;
use super::settings::Settings;
use super::window::{Counts, Entry, Tally};
use super::word::Word;
use super::{Cause, Phase};

/// The machine.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) settings: Settings,
    pub(super) mode: Mode,
    /// Phase, cycle and mark; the phase says the same as the mode.
    pub(super) word: Word,
}

/// What only the present phase needs to know.
#[derive(Debug)]
pub(super) enum Mode {
    /// Closed, forced closed or metrics-only.
    Counting {
        /// Unknown outcomes in a row.
        streak: u32,
        tally: Tally,
    },
    Open {
        since: Stamp,
        until: Stamp,
        /// How often it opened since it was last closed, this time included.
        openings: u32,
    },
    HalfOpen {
        probing: Probing,
        openings: u32,
    },
    /// Forced open or disabled: nothing to know.
    Held,
}

impl Machine {
    pub(super) fn new(settings: Settings) -> Self {
        let mode = Mode::counting(&settings, Stamp::NEVER);
        Self {
            settings,
            mode,
            word: Word::FIRST,
        }
    }

    pub(super) fn phase(&self) -> Phase {
        self.word.phase()
    }

    pub(super) fn published(&self) -> Published {
        let (from, until, park) = match &self.mode {
            Mode::Counting {
                tally: Tally::Count(_),
                ..
            } => (Stamp::NEVER, Stamp::FOREVER, self.may_park()),
            Mode::Counting {
                tally: Tally::Time(sliding),
                ..
            } => (sliding.from(), sliding.until(), self.may_park()),
            Mode::Open { since, until, .. } => (*since, *until, false),
            Mode::HalfOpen { probing, .. } => {
                (probing.since, probing.free_at(&self.settings), false)
            }
            Mode::Held => (Stamp::NEVER, Stamp::NEVER, false),
        };
        let word = self.word.timeless(self.is_timeless());
        Published {
            word: word.ignoring_successes(self.ignores_successes()),
            from,
            until,
            park,
        }
    }

    /// Whether no number of further successes in the newest bucket could change anything but their count.
    ///
    /// A success ends a streak, so there must be none. And it may be the call that completes
    /// `min_calls`, so there must be too few bad calls for a rate to be reached by then. Once they are
    /// complete, further successes only lower the rates.
    fn may_park(&self) -> bool {
        let Mode::Counting { streak: 0, tally } = &self.mode else {
            return false;
        };
        let counts = tally.counts();
        let finished = counts.finished.max(self.least_calls());
        let completed = Counts { finished, ..counts };
        self.phase() != Phase::Closed || self.rate_verdict(completed).is_none()
    }

    /// Whether it is all the same when a call that succeeds began and ended.
    fn is_timeless(&self) -> bool {
        let counts_calls = matches!(
            self.mode,
            Mode::Counting {
                tally: Tally::Count(_),
                ..
            }
        );
        counts_calls && self.settings.slow.is_none()
    }

    /// Whether one more success would leave everything as it is: a count window is full of them, or nothing is counted.
    fn ignores_successes(&self) -> bool {
        match &self.mode {
            Mode::Counting {
                streak: 0,
                tally: Tally::Count(ring),
            } => self.settings.slow.is_none() && ring.is_full_of_successes(),
            Mode::Held => true,
            _ => false,
        }
    }

    /// Successes that were counted without the machine; they belong to the newest bucket.
    pub(super) fn absorb(&mut self, ok: u32) {
        if let Mode::Counting { tally, .. } = &mut self.mode {
            tally.absorb(ok);
        }
    }

    /// A call asks to be let through.
    pub(super) fn admit(&mut self, now: Stamp) -> (Result<Admission, Refused>, Option<Transition>) {
        let transition = if self.is_behind(now) {
            Some(self.start_over(now))
        } else if matches!(self.mode, Mode::Open { until, .. } if now >= until) {
            Some(self.half_open(Cause::OpenTimeOver, now))
        } else {
            None
        };
        (self.grant(now), transition)
    }

    fn grant(&mut self, now: Stamp) -> Result<Admission, Refused> {
        let later = |until: Stamp| {
            Err(Refused {
                retry_after: Some(until.since(now)),
            })
        };
        match &mut self.mode {
            Mode::Held if self.word.phase() == Phase::ForcedOpen => {
                Err(Refused { retry_after: None })
            }
            Mode::Counting { .. } | Mode::Held => Ok(Admission::new(self.word, now)),
            Mode::Open { until, .. } => later(*until),
            Mode::HalfOpen { probing, .. } => {
                let free = probing.free_at(&self.settings);
                if now < free {
                    return later(free);
                }
                let slot = probing.take(now, &self.settings);
                Ok(Admission::new(self.word.with_slot(slot), now))
            }
        }
    }

    /// Whether the end of this call matters, or its admission will do as its time.
    ///
    /// A success that began in the newest bucket is counted there: to learn that it ended in the next
    /// one costs a clock reading and moves one call by one bucket. One that began before is asked for
    /// its end, or long calls would fall out of the window at the moment they are counted. And so is one
    /// that may open the breaker, or the open time would count from its admission.
    pub(super) fn needs_end(&self, admission: Admission, outcome: Outcome) -> bool {
        match (&self.mode, outcome) {
            (Mode::Open { .. } | Mode::Held, _) | (_, Outcome::Ignored) => false,
            (Mode::Counting { tally, .. }, Outcome::Success) => {
                let elsewhere = match tally {
                    Tally::Time(sliding) if admission.at < sliding.from() => true,
                    // Moving on, the window loses older successes.
                    Tally::Time(sliding) => {
                        admission.at >= sliding.until() && tally.counts().failed > 0
                    }
                    Tally::Count(_) => false,
                };
                elsewhere || self.settings.slow.is_some() || !self.may_park()
            }
            _ => true,
        }
    }

    /// A call ended.
    pub(super) fn record(&mut self, admission: Admission, ended: Ended) -> Option<Transition> {
        if !admission.word.is_same_cycle(self.word) {
            return None;
        }
        if self.is_behind(ended.at) {
            return Some(self.start_over(ended.at));
        }
        match self.mode {
            Mode::Counting { .. } => self.count(admission, ended),
            Mode::HalfOpen { .. } => self.probed(admission, ended),
            Mode::Open { .. } | Mode::Held => None,
        }
    }

    fn is_slow(&self, admission: Admission, ended: Ended) -> bool {
        let took = Duration::from_nanos(admission.took(ended.at));
        let known = admission.at != Stamp::NEVER;
        self.settings.slow.is_some_and(|slow| known && took >= slow)
    }

    fn count(&mut self, admission: Admission, ended: Ended) -> Option<Transition> {
        let slow = self.is_slow(admission, ended);
        let Mode::Counting { streak, tally } = &mut self.mode else {
            return None;
        };
        let mut asked = None;
        match ended.outcome {
            Outcome::Ignored => return None,
            Outcome::Dropped => tally.push_dropped(ended.at),
            Outcome::NotSent => tally.push(Entry { failed: true, slow }, ended.at),
            Outcome::Success => {
                *streak = 0;
                tally.push(
                    Entry {
                        failed: false,
                        slow,
                    },
                    ended.at,
                );
            }
            Outcome::Failure {
                unknown,
                retry_after,
            } => {
                asked = retry_after;
                tally.push(Entry { failed: true, slow }, ended.at);
                if !unknown {
                    *streak = 0;
                } else if self.settings.consecutive.is_some()
                    && admission.word.is_same_mark(self.word)
                {
                    *streak = streak.saturating_add(1);
                    self.word = self.word.next_mark();
                }
            }
        }
        let cause = self.verdict()?;
        Some(self.open(cause, ended, asked))
    }

    /// Why a closed breaker must open, if it must.
    fn verdict(&self) -> Option<Cause> {
        let Mode::Counting { streak, tally } = &self.mode else {
            return None;
        };
        if self.phase() != Phase::Closed {
            return None;
        }
        if self
            .settings
            .consecutive
            .is_some_and(|limit| *streak >= limit.max(1))
        {
            return Some(Cause::Consecutive);
        }
        let counts = tally.counts();
        if counts.finished >= self.least_calls() {
            return self.rate_verdict(counts);
        }
        let hangs = counts.finished == 0 && counts.dropped >= self.least_calls();
        (hangs && self.settings.failure_rate.is_some()).then_some(Cause::Abandoned)
    }

    /// Below this many calls no share is looked at; never zero, as nothing is no share of nothing.
    fn least_calls(&self) -> u64 {
        u64::from(self.settings.min_calls.max(1))
    }

    fn rate_verdict(&self, counts: Counts) -> Option<Cause> {
        // A rate of zero, which `validate` refuses, must not open a breaker that met no bad call.
        let reached = |rate: Ratio, bad| bad > 0 && rate.is_reached(bad, counts.finished);
        let settings = &self.settings;
        if settings
            .failure_rate
            .is_some_and(|rate| reached(rate, counts.failed))
        {
            Some(Cause::FailureRate)
        } else if settings.slow.is_some() && reached(settings.slow_rate, counts.slow) {
            Some(Cause::SlowRate)
        } else {
            None
        }
    }

    fn probed(&mut self, admission: Admission, ended: Ended) -> Option<Transition> {
        let slow = self.is_slow(admission, ended);
        let Mode::HalfOpen { probing, .. } = &mut self.mode else {
            return None;
        };
        // A probe that gave its slot away has no say any more.
        if !probing.give_back(admission.word) {
            return None;
        }
        match ended.outcome {
            Outcome::Ignored | Outcome::Dropped => None,
            Outcome::NotSent => Some(self.reopen(Cause::ProbeFailed, ended, None, admission.at)),
            Outcome::Failure { retry_after, .. } => {
                Some(self.reopen(Cause::ProbeFailed, ended, retry_after, admission.at))
            }
            Outcome::Success if slow => {
                Some(self.reopen(Cause::ProbeSlow, ended, None, admission.at))
            }
            Outcome::Success => {
                let enough = probing.succeed() >= self.settings.probes;
                enough.then(|| self.close(Cause::ProbesSucceeded, ended.at))
            }
        }
    }
}
