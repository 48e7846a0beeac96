//! A breaker under an own clock: what goes in are calls, waits and outcomes, what comes out is its phase.

use std::time::Duration;

use super::event::{Admission, Refused};
use super::shell::Core;
use super::{Cause, Forced, Outcome, Phase, Ratio, Settings, Snapshot, Transition, Window};
use crate::clock::Stamp;
use crate::shared::State;

mod clock;
mod closed;
mod count_window;
mod counting;
mod forced;
mod half_open;
mod mistakes;
mod model;
#[cfg(resilient_model)]
mod model_checked;
mod numbers;
mod properties;
mod threads;
mod tickets;

pub(super) const OK: Outcome = Outcome::Success;
pub(super) const LOST: Outcome = Outcome::Failure {
    unknown: true,
    retry_after: None,
};
pub(super) const FAILED: Outcome = Outcome::Failure {
    unknown: false,
    retry_after: None,
};

pub(super) const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Only the share of failures counts, so that tests about it see nothing else.
pub(super) const fn rate_only() -> Settings {
    Settings::new().no_consecutive()
}

pub(super) struct Sim {
    pub(super) core: Core,
    pub(super) now: Stamp,
    /// What the breaker reported, oldest first.
    pub(super) reported: Vec<Transition>,
}

impl Sim {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            core: Core::new(settings),
            now: Stamp::FIRST,
            reported: Vec::new(),
        }
    }

    pub(super) fn wait(&mut self, time: Duration) {
        self.now = self.now.plus(time);
    }

    pub(super) fn admit(&mut self) -> Result<Admission, Refused> {
        // What has no use for the time is not told it, as in a call.
        let timeless = self.core.is_timeless();
        let now = if timeless { Stamp::NEVER } else { self.now };
        let (admission, transition) = self.core.admit(now);
        self.reported.extend(transition);
        admission
    }

    /// Admits a call that must be let through.
    pub(super) fn start(&mut self) -> Admission {
        self.admit().expect("let through")
    }

    pub(super) fn end(&mut self, admission: Admission, outcome: Outcome) {
        let now = self.now;
        self.reported
            .extend(self.core.record(admission, outcome, || now));
    }

    /// A call that ends as soon as it is admitted.
    pub(super) fn call(&mut self, outcome: Outcome) {
        let admission = self.start();
        self.end(admission, outcome);
    }

    pub(super) fn calls(&mut self, times: u32, outcome: Outcome) {
        for _ in 0..times {
            self.call(outcome);
        }
    }

    /// A call that takes so long.
    pub(super) fn long_call(&mut self, time: Duration, outcome: Outcome) {
        let admission = self.start();
        self.wait(time);
        self.end(admission, outcome);
    }

    pub(super) fn force(&mut self, forced: Forced) {
        self.reported.extend(self.core.force(forced, self.now));
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        self.core.snapshot(self.now)
    }

    pub(super) fn phase(&self) -> Phase {
        self.snapshot().phase
    }

    pub(super) fn refuses(&self) -> bool {
        self.core.look(self.now).is_err()
    }

    /// Makes it open, and waits until the next call is a probe.
    pub(super) fn open_and_wait(&mut self) {
        self.open();
        self.wait_until_half_open();
    }

    pub(super) fn open(&mut self) {
        for _ in 0..1_000 {
            if self.phase() == Phase::Closed {
                self.call(LOST);
            }
        }
        assert_eq!(self.phase(), Phase::Open);
    }

    pub(super) fn wait_until_half_open(&mut self) {
        let left = self.snapshot().open_left.expect("open");
        self.wait(left);
    }

    /// Cause by cause what was reported.
    pub(super) fn causes(&self) -> Vec<Cause> {
        self.reported
            .iter()
            .map(|transition| transition.cause)
            .collect()
    }
}
