//! The naive breaker: the rules of the documentation, written down as plainly as possible.

use super::super::*;

/// A call in flight, with what a naive breaker would have written on its back.
pub(super) struct Call {
    pub(super) admission: Admission,
    at: Stamp,
    /// How many changes of phase came before it.
    cycle: u64,
    /// How many unknown outcomes were counted before it.
    marks: u64,
    pub(super) probe: Option<u64>,
}

/// One outcome that is remembered.
struct Line {
    bucket: u64,
    /// None: dropped. Otherwise whether it failed.
    failed: Option<bool>,
    slow: bool,
}

pub(super) struct Naive {
    pub(super) settings: Settings,
    pub(super) phase: Phase,
    cycle: u64,
    marks: u64,
    streak: u32,
    /// Everything of this cycle, oldest first.
    log: Vec<Line>,
    /// The newest bucket anybody knows of.
    newest: u64,
    until: Stamp,
    openings: u32,
    /// Number and start of the probes in flight, oldest first.
    probes: Vec<(u64, Stamp)>,
    numbers: u64,
    succeeded: u32,
}

/// From, to and why; none when nothing changes.
type Change = Option<(Phase, Phase, Cause)>;

impl Naive {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            settings,
            phase: Phase::Closed,
            cycle: 0,
            marks: 0,
            streak: 0,
            log: Vec::new(),
            newest: 0,
            until: Stamp::NEVER,
            openings: 0,
            probes: Vec::new(),
            numbers: 0,
            succeeded: 0,
        }
    }

    pub(super) fn streak(&self) -> u32 {
        if self.is_counting() { self.streak } else { 0 }
    }

    fn is_counting(&self) -> bool {
        matches!(
            self.phase,
            Phase::Closed | Phase::ForcedClosed | Phase::MetricsOnly
        )
    }

    fn bucket(&self, at: Stamp) -> u64 {
        match self.settings.window {
            Window::Time(time) => at.as_nanos() / u64::try_from(time.as_nanos() / 10).unwrap(),
            Window::Count(_) => 0,
        }
    }

    /// Finished, failed, slow and dropped calls of the window.
    pub(super) fn counts(&self, now: Stamp) -> [u64; 4] {
        if !self.is_counting() {
            return [0; 4];
        }
        let present = self.newest.max(self.bucket(now));
        let mut lines: Vec<&Line> = self.log.iter().collect();
        let mut dropped = lines
            .iter()
            .rev()
            .take_while(|line| line.failed.is_none())
            .count();
        match self.settings.window {
            Window::Time(_) => {
                lines.retain(|line| line.bucket + 10 > present);
                dropped = lines.iter().filter(|line| line.failed.is_none()).count();
                lines.retain(|line| line.failed.is_some());
            }
            Window::Count(size) => {
                lines.retain(|line| line.failed.is_some());
                let size = size as usize;
                let first = if dropped >= size {
                    lines.len()
                } else {
                    lines.len().saturating_sub(size)
                };
                lines.drain(..first);
            }
        }
        let failed = lines
            .iter()
            .filter(|line| line.failed == Some(true))
            .count();
        let slow = lines.iter().filter(|line| line.slow).count();
        [lines.len(), failed, slow, dropped].map(|count| count as u64)
    }

    fn verdict(&self) -> Option<Cause> {
        let settings = &self.settings;
        if self.phase != Phase::Closed {
            return None;
        }
        if settings
            .consecutive
            .is_some_and(|limit| self.streak >= limit)
        {
            return Some(Cause::Consecutive);
        }
        let [finished, failed, slow, dropped] = self.counts(Stamp::NEVER);
        let least = u64::from(settings.min_calls);
        let share =
            |rate: Ratio, bad: u64| bad * 10_000 >= u64::from(rate.as_hundredths()) * finished;
        if finished >= least {
            if settings
                .failure_rate
                .is_some_and(|rate| share(rate, failed))
            {
                return Some(Cause::FailureRate);
            }
            if settings.slow.is_some() && share(settings.slow_rate, slow) {
                return Some(Cause::SlowRate);
            }
        }
        let hangs = finished == 0 && dropped >= least && settings.failure_rate.is_some();
        hangs.then_some(Cause::Abandoned)
    }

    fn change(&mut self, to: Phase, cause: Cause, now: Stamp) -> (Phase, Phase, Cause) {
        let from = std::mem::replace(&mut self.phase, to);
        self.cycle += 1;
        self.streak = 0;
        self.log.clear();
        self.newest = self.bucket(now);
        self.probes.clear();
        self.succeeded = 0;
        if !matches!(to, Phase::Open | Phase::HalfOpen) {
            self.openings = 0;
        }
        (from, to, cause)
    }

    fn open(
        &mut self,
        cause: Cause,
        now: Stamp,
        asked: Option<Duration>,
        told: Option<Transition>,
        outcome: Outcome,
        took: Duration,
    ) -> (Phase, Phase, Cause) {
        let Settings { open, max_open, .. } = self.settings;
        let max_open = max_open.expect("the model sets it");
        let told = told.expect("opens").open_for.expect("says for how long");
        if matches!(
            outcome,
            Outcome::NotSent | Outcome::Failure { unknown: false, .. }
        ) {
            self.openings = self.openings.saturating_sub(1);
        }
        match asked {
            Some(asked) if asked > Duration::ZERO => assert_eq!(told, asked.min(max_open)),
            _ => {
                let longest = open.saturating_mul(2_u32.saturating_pow(self.openings));
                // A probe's own time is part of it, up to a quarter of `open`.
                let left = |time: Duration| match took {
                    Duration::ZERO => time,
                    took => time.saturating_sub(took).max(open / 4),
                };
                let bounds = left((longest / 2).min(max_open))..=left(longest.min(max_open));
                assert!(bounds.contains(&told), "{told:?} of {bounds:?}");
            }
        }
        self.until = now.plus(told);
        self.openings += 1;
        self.change(Phase::Open, cause, now)
    }

    /// When the next call is let through.
    fn next(&self) -> Option<Stamp> {
        match self.phase {
            Phase::ForcedOpen => None,
            Phase::Open => Some(self.until),
            Phase::HalfOpen => {
                let taken = self.probes.len() + self.succeeded as usize;
                if self.probes.is_empty() || taken < self.settings.probes as usize {
                    return Some(Stamp::NEVER);
                }
                let slow = self.settings.slow.unwrap_or_default();
                let patience = ms(10_000).max(slow).max(self.settings.open);
                Some(self.probes[0].1.plus(patience))
            }
            _ => Some(Stamp::NEVER),
        }
    }

    pub(super) fn look(&self, now: Stamp) -> Result<(), Refused> {
        match self.next() {
            Some(next) if now >= next => Ok(()),
            next => Err(Refused {
                retry_after: next.map(|next| next.since(now)),
            }),
        }
    }

    pub(super) fn admit(&mut self, now: Stamp) -> Change {
        if self.phase != Phase::Open || self.look(now).is_err() {
            return None;
        }
        Some(self.change(Phase::HalfOpen, Cause::OpenTimeOver, now))
    }

    /// After `admit` let it through.
    pub(super) fn start(&mut self, admission: Admission, now: Stamp) -> Call {
        let mut probe = None;
        if self.phase == Phase::HalfOpen {
            if self.next() != Some(Stamp::NEVER) {
                self.probes.remove(0);
            }
            self.numbers += 1;
            self.probes.push((self.numbers, now));
            probe = Some(self.numbers);
        }
        Call {
            admission,
            at: now,
            cycle: self.cycle,
            marks: self.marks,
            probe,
        }
    }

    pub(super) fn finish(
        &mut self,
        call: &Call,
        outcome: Outcome,
        now: Stamp,
        told: Option<Transition>,
    ) -> Change {
        if call.cycle != self.cycle || outcome == Outcome::Ignored && call.probe.is_none() {
            return None;
        }
        let slow = self
            .settings
            .slow
            .is_some_and(|slow| now.since(call.at) >= slow);
        let asked = match outcome {
            Outcome::Failure { retry_after, .. } => retry_after,
            _ => None,
        };
        if let Some(number) = call.probe {
            let place = self.probes.iter().position(|(taken, _)| *taken == number)?;
            self.probes.remove(place);
            let took = now.since(call.at);
            return match outcome {
                Outcome::Ignored | Outcome::Dropped => None,
                OK if slow => Some(self.open(Cause::ProbeSlow, now, asked, told, outcome, took)),
                OK => {
                    self.succeeded += 1;
                    if self.succeeded < self.settings.probes {
                        return None;
                    }
                    Some(self.change(Phase::Closed, Cause::ProbesSucceeded, now))
                }
                _ => Some(self.open(Cause::ProbeFailed, now, asked, told, outcome, took)),
            };
        }
        if self.phase == Phase::Disabled {
            return None;
        }
        self.remember(call, outcome, slow, now);
        let cause = self.verdict()?;
        Some(self.open(cause, now, asked, told, outcome, Duration::ZERO))
    }

    fn remember(&mut self, call: &Call, outcome: Outcome, slow: bool, now: Stamp) {
        let at = if self.counts_where_it_began(call, outcome) {
            call.at
        } else {
            now
        };
        match outcome {
            OK | Outcome::Failure { unknown: false, .. } => self.streak = 0,
            LOST if call.marks == self.marks && self.settings.consecutive.is_some() => {
                self.streak += 1;
                self.marks += 1;
            }
            _ => {}
        }
        self.newest = self.newest.max(self.bucket(at));
        let failed = (outcome != Outcome::Dropped).then_some(outcome != OK);
        let slow = slow && outcome != Outcome::Dropped;
        self.log.push(Line {
            bucket: self.newest,
            failed,
            slow,
        });
    }

    /// A plain success in the newest bucket, or in a newer one, unless it might open the breaker.
    fn counts_where_it_began(&self, call: &Call, outcome: Outcome) -> bool {
        let [finished, failed, ..] = self.counts(Stamp::NEVER);
        let least = u64::from(self.settings.min_calls);
        let completes = self.settings.failure_rate.is_some_and(|rate| {
            failed > 0 && failed * 10_000 >= u64::from(rate.as_hundredths()) * finished.max(least)
        });
        let began = self.bucket(call.at);
        outcome == OK
            && self.settings.slow.is_none()
            && (began == self.newest || began > self.newest && failed == 0)
            && self.streak == 0
            && !(completes && self.phase == Phase::Closed)
    }

    pub(super) fn force(&mut self, forced: Forced, now: Stamp) -> Change {
        let automatic = matches!(self.phase, Phase::Closed | Phase::Open | Phase::HalfOpen);
        let (to, cause) = match forced {
            Forced::Open => (Phase::ForcedOpen, Cause::Forced),
            Forced::Closed => (Phase::ForcedClosed, Cause::Forced),
            Forced::Disabled => (Phase::Disabled, Cause::Forced),
            Forced::MetricsOnly => (Phase::MetricsOnly, Cause::Forced),
            Forced::HalfOpen => (Phase::HalfOpen, Cause::Forced),
            Forced::Automatic if automatic => return None,
            Forced::Automatic => (Phase::Closed, Cause::Released),
        };
        (to != self.phase).then(|| self.change(to, cause, now))
    }

    pub(super) fn reset(&mut self, now: Stamp) -> Change {
        let was = self.phase;
        let change = self.change(Phase::Closed, Cause::Reset, now);
        (was != Phase::Closed).then_some(change)
    }
}
