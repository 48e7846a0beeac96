//! Every way a breaker changes its phase, and how long it stays open. Each change starts a new cycle.

use std::mem;
use std::time::Duration;

use crate::clock::Stamp;

use super::event::{Ended, Forced, Outcome, Transition};
use super::probing::Probing;
use super::settings::Settings;
use super::state::{Machine, Mode};
use super::window::Tally;
use super::{Cause, Phase};

/// How far a clock reading may lie behind what was seen before.
///
/// A thread can be held up between reading the clock and arriving here; schedulers do that for
/// milliseconds, a loaded machine for some hundred. More than a second means another clock, say the next
/// test's. A smaller jump needs no cure: it has passed by itself within that second.
pub(super) const SKEW: Duration = Duration::from_secs(1);

/// After so many unanswered probes in a row the service is not slow but gone, and probes come as often as at first again.
///
/// They took some 12 s with the default times: a queue that our own calls filled before it opened has drained by then, and a
/// service that still works would have answered one of them. Not where the caller says `max_open`: it says how it grows.
const GONE: u32 = 8;

impl Mode {
    pub(super) fn counting(settings: &Settings, now: Stamp) -> Self {
        Self::Counting {
            streak: 0,
            tally: Tally::new(settings.window, now),
        }
    }

    /// How often it opened since it was last closed.
    const fn openings(&self) -> u32 {
        match self {
            Self::Open { openings, .. } | Self::HalfOpen { openings, .. } => *openings,
            Self::Counting { .. } | Self::Held => 0,
        }
    }
}

impl Machine {
    /// Whether this reading can only be another clock's.
    pub(super) fn is_behind(&self, now: Stamp) -> bool {
        is_behind(now, self.seen())
    }

    /// The newest stamp that is certain to have passed.
    fn seen(&self) -> Stamp {
        match &self.mode {
            Mode::Counting {
                tally: Tally::Time(sliding),
                ..
            } => sliding.from(),
            Mode::Open { since, .. } => *since,
            Mode::HalfOpen { probing, .. } => probing.since,
            Mode::Counting { .. } | Mode::Held => Stamp::NEVER,
        }
    }

    fn enter(&mut self, phase: Phase, mode: Mode, cause: Cause, at: Stamp) -> Transition {
        let from = self.phase();
        self.word = self.word.next_cycle(phase);
        self.mode = mode;
        let open_for = match self.mode {
            Mode::Open { since, until, .. } => Some(until.since(since)),
            _ => None,
        };
        Transition {
            from,
            to: phase,
            at,
            cause,
            open_for,
        }
    }

    pub(super) fn open(
        &mut self,
        cause: Cause,
        ended: Ended,
        asked: Option<Duration>,
    ) -> Transition {
        let doublings = self.doublings(ended.outcome);
        let wait = open_time(&self.settings, doublings, asked, ended.random);
        self.open_for(wait, doublings, cause, ended.at)
    }

    /// Opens again because of the probe that was sent then. What it took to fail is part of the time, since callers were
    /// refused all the while; a service's own word counts from the moment it came.
    pub(super) fn reopen(
        &mut self,
        cause: Cause,
        ended: Ended,
        asked: Option<Duration>,
        sent: Stamp,
    ) -> Transition {
        if asked.is_some_and(|asked| !asked.is_zero()) {
            return self.open(cause, ended, asked);
        }
        let doublings = self.doublings(ended.outcome);
        let whole = open_time(&self.settings, doublings, None, ended.random);
        let wait = self.settings.rest_of(whole, ended.at.since(sent));
        self.open_for(wait, doublings, cause, ended.at)
    }

    /// A probe that nobody answered may have waited in a queue that grows with every probe, so the next one is later. One that
    /// was refused, or answered, cost the service next to nothing: the time stays as it was.
    fn doublings(&self, outcome: Outcome) -> u32 {
        let openings = self.mode.openings();
        let answered = matches!(
            outcome,
            Outcome::NotSent | Outcome::Failure { unknown: false, .. }
        );
        if answered {
            openings.saturating_sub(1)
        } else {
            openings
        }
    }

    fn open_for(
        &mut self,
        wait: Duration,
        doublings: u32,
        cause: Cause,
        since: Stamp,
    ) -> Transition {
        let until = since.plus(wait);
        let openings = doublings.saturating_add(1);
        self.enter(
            Phase::Open,
            Mode::Open {
                since,
                until,
                openings,
            },
            cause,
            since,
        )
    }

    pub(super) fn half_open(&mut self, cause: Cause, now: Stamp) -> Transition {
        let openings = self.mode.openings();
        let mode = Mode::HalfOpen {
            probing: Probing::new(now),
            openings,
        };
        self.enter(Phase::HalfOpen, mode, cause, now)
    }

    pub(super) fn close(&mut self, cause: Cause, now: Stamp) -> Transition {
        self.enter(
            Phase::Closed,
            Mode::counting(&self.settings, now),
            cause,
            now,
        )
    }

    /// Starts anew on another clock. What an operator decided stays decided.
    pub(super) fn start_over(&mut self, now: Stamp) -> Transition {
        let phase = self.phase();
        let phase = if phase.is_automatic() {
            Phase::Closed
        } else {
            phase
        };
        self.enter(
            phase,
            Mode::counting(&self.settings, now),
            Cause::ClockBehind,
            now,
        )
    }

    /// Opens as if it had failed: for its open time, or for as long as the operator says, without jitter or cap.
    /// None if it is open already.
    pub(super) fn trip(
        &mut self,
        wanted: Option<Duration>,
        now: Stamp,
        random: f64,
    ) -> Option<Transition> {
        if self.phase() == Phase::Open {
            return None;
        }
        let openings = self.mode.openings();
        let wait = wanted.unwrap_or_else(|| open_time(&self.settings, openings, None, random));
        Some(self.open_for(wait, openings, Cause::Forced, now))
    }

    /// An operator's decision; none if it is so already.
    pub(super) fn force(&mut self, forced: Forced, now: Stamp) -> Option<Transition> {
        let present = self.phase();
        let target = match forced {
            Forced::Open => Phase::ForcedOpen,
            Forced::Closed => Phase::ForcedClosed,
            Forced::Disabled => Phase::Disabled,
            Forced::MetricsOnly => Phase::MetricsOnly,
            Forced::HalfOpen => Phase::HalfOpen,
            Forced::Automatic if present.is_automatic() => return None,
            Forced::Automatic => return Some(self.close(Cause::Released, now)),
        };
        if target == present {
            return None;
        }
        let mode = match target {
            Phase::HalfOpen => return Some(self.half_open(Cause::Forced, now)),
            Phase::ForcedOpen | Phase::Disabled => Mode::Held,
            _ => Mode::counting(&self.settings, now),
        };
        Some(self.enter(target, mode, Cause::Forced, now))
    }

    /// What an operator decided, if anything holds.
    pub(super) fn forced(&self) -> Option<Forced> {
        match self.phase() {
            Phase::Closed | Phase::Open | Phase::HalfOpen => None,
            Phase::ForcedOpen => Some(Forced::Open),
            Phase::ForcedClosed => Some(Forced::Closed),
            Phase::Disabled => Some(Forced::Disabled),
            Phase::MetricsOnly => Some(Forced::MetricsOnly),
        }
    }

    /// As if just made, but in a new cycle: calls in flight must not count. None if it was closed already.
    pub(super) fn reset(&mut self, now: Stamp) -> Option<Transition> {
        let transition = self.close(Cause::Reset, now);
        (transition.from != Phase::Closed).then_some(transition)
    }

    /// Other numbers from now on. Phase, open time and streak stay, and of the window what fits the new one.
    pub(super) fn configure(&mut self, settings: Settings) {
        self.settings = settings;
        if let Mode::Counting { tally, .. } = &mut self.mode {
            let old = mem::replace(tally, Tally::new(settings.window, Stamp::NEVER));
            *tally = old.resized(settings.window);
        }
    }
}

/// Whether `now` lies so far behind what was `seen` that it can only be another clock's.
pub(super) fn is_behind(now: Stamp, seen: Stamp) -> bool {
    now.plus(SKEW) < seen
}

/// How long to stay open the `doublings + 1`-th time in a row; `random` in 0..1.
///
/// Equal jitter as in Finagle: uniform in the upper half of `open * 2^doublings`, so that clients do not
/// come back together, yet none at once; the cap comes after the jitter, so nothing is longer. What the
/// service asked for is taken as it is, up to a cap of its own. Asking for zero is not asking. With `jittered` off:
/// the whole of it.
fn open_time(
    settings: &Settings,
    doublings: u32,
    asked: Option<Duration>,
    random: f64,
) -> Duration {
    if let Some(asked) = asked.filter(|asked| !asked.is_zero()) {
        return asked.min(settings.longest_asked());
    }
    let doublings = match settings.max_open {
        None if doublings >= GONE => 0,
        _ => doublings,
    };
    let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
    let whole = settings.open.saturating_mul(factor);
    let half = whole / 2;
    let wait = if settings.jittered {
        half.saturating_add(half.mul_f64(random.clamp(0.0, 1.0)))
    } else {
        whole
    };
    wait.min(settings.longest_open())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_open_time_is_drawn_from_its_upper_half() {
        let drawn = |random| open_time(&Settings::new(), 0, None, random);
        assert_eq!(drawn(0.0), SECOND / 2);
        assert_eq!(drawn(0.5), SECOND * 3 / 4);
        assert_eq!(drawn(1.0), SECOND);
    }

    #[test]
    fn the_open_time_doubles_up_to_its_cap_and_never_overflows() {
        let settings = Settings::new().max_open(30 * SECOND);
        let seconds = |doublings| open_time(&settings, doublings, None, 1.0).as_secs();
        assert_eq!([0, 1, 2, 3, 4, 5].map(seconds), [1, 2, 4, 8, 16, 30]);
        assert_eq!([31, 32, 33, u32::MAX].map(seconds), [30; 4]);
        let endless = settings.open(Duration::MAX).max_open(Duration::MAX);
        assert!(open_time(&endless, 40, None, 0.99) > Duration::from_secs(1 << 60));
    }

    #[test]
    fn without_jitter_it_is_the_whole_of_it() {
        let settings = Settings::new().open(8 * SECOND).no_jitter();
        let open = |doublings| open_time(&settings, doublings, None, 0.0);
        assert_eq!([0, 1, 2].map(open), [8, 16, 16].map(|n| n * SECOND));
    }

    #[test]
    fn an_operator_opens_it_for_as_long_as_wanted_and_only_once() {
        let mut machine = Machine::new(Settings::new());
        let now = Stamp::FIRST;
        let opened = machine
            .trip(Some(99 * SECOND), now, 0.0)
            .map(|change| (change.to, change.open_for));
        assert_eq!(opened, Some((Phase::Open, Some(99 * SECOND))));
        assert!(machine.trip(None, now, 0.0).is_none());
        assert!(machine.admit(now.plus(98 * SECOND)).0.is_err());
        assert!(machine.admit(now.plus(99 * SECOND)).0.is_ok());
        // Half-open by now; opened again it stays so for twice as long, as after a failed probe.
        let opened = machine.trip(None, now.plus(99 * SECOND), 1.0);
        assert_eq!(opened.and_then(|change| change.open_for), Some(2 * SECOND));
    }

    #[test]
    fn the_cap_comes_after_the_jitter() {
        let settings = Settings::new().open(20 * SECOND).max_open(30 * SECOND);
        assert_eq!(open_time(&settings, 0, None, 0.0), 10 * SECOND);
        assert_eq!(open_time(&settings, 1, None, 0.0), 20 * SECOND);
        assert_eq!(open_time(&settings, 1, None, 0.75), 30 * SECOND);
    }

    #[test]
    fn without_a_maximum_the_open_time_doubles_once_until_the_service_is_gone() {
        let seconds = |doublings| open_time(&Settings::new(), doublings, None, 1.0).as_secs();
        assert_eq!([0, 1, 2, 3, 7].map(seconds), [1, 2, 2, 2, 2]);
        assert_eq!([8, 9, u32::MAX].map(seconds), [1, 1, 1]);
    }

    #[test]
    fn what_the_service_asked_for_becomes_the_open_time() {
        let open = |seconds: u64| {
            open_time(&Settings::new(), 0, Some(Duration::from_secs(seconds)), 1.0).as_secs()
        };
        assert_eq!(open(7), 7);
        assert_eq!(open(30), 30);
        assert_eq!(open(31), 30);
        assert_eq!(open(0), 1, "asking for zero is not asking");
        let short = Settings::new().max_open(5 * SECOND);
        assert_eq!(open_time(&short, 0, Some(7 * SECOND), 0.5), 5 * SECOND);
        let long = Settings::new().open(60 * SECOND);
        assert_eq!(open_time(&long, 0, Some(90 * SECOND), 0.5), 60 * SECOND);
    }
}
