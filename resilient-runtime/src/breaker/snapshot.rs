//! A breaker as an operator sees it.

use std::time::Duration;

use crate::clock::Stamp;

use super::Phase;
use super::ratio::Ratio;
use super::settings::Settings;
use super::state::{Machine, Mode};
use super::window::Counts;

/// What a breaker holds at one moment.
///
/// Counts are those of the present window. A phase that does not count (open, half-open, forced open,
/// disabled) shows zeros: closing starts with an empty window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snapshot {
    /// Its phase. An open time that has passed still shows as open until the next call comes.
    pub phase: Phase,
    /// Calls in the window that finished.
    pub calls: u64,
    /// How many of them failed.
    pub failures: u64,
    /// How many of them were slow; a slow failure is in both.
    pub slow: u64,
    /// Calls in the window that were dropped before they finished; not part of `calls`.
    pub abandoned: u64,
    /// `failures` of `calls`; none without calls.
    pub failure_rate: Option<Ratio>,
    /// `slow` of `calls`; none without calls.
    pub slow_rate: Option<Ratio>,
    /// Unknown outcomes in a row, as `consecutive` counts them.
    pub consecutive: u32,
    /// Probes in flight.
    pub probes: u32,
    /// When open: how much longer. Zero when the next call will be a probe.
    pub open_left: Option<Duration>,
    /// Calls refused since it was made or reset.
    pub rejected: u64,
    /// Changes of phase since it was made or reset.
    pub transitions: u32,
    /// The numbers it works by.
    pub settings: Settings,
}

impl Snapshot {
    pub(super) fn of(machine: &Machine, now: Stamp) -> Self {
        let counts = machine.counts_at(now);
        let (mut consecutive, mut probes, mut open_left) = (0, 0, None);
        match &machine.mode {
            Mode::Counting { streak, .. } => consecutive = *streak,
            Mode::Open { until, .. } => open_left = Some(until.since(now)),
            Mode::HalfOpen { probing, .. } => probes = probing.in_flight(),
            Mode::Held => {}
        }
        Self {
            phase: machine.phase(),
            calls: counts.finished,
            failures: counts.failed,
            slow: counts.slow,
            abandoned: counts.dropped,
            failure_rate: Ratio::of(counts.failed, counts.finished),
            slow_rate: Ratio::of(counts.slow, counts.finished),
            consecutive,
            probes,
            open_left,
            rejected: 0,
            transitions: 0,
            settings: machine.settings,
        }
    }
}

impl Machine {
    fn counts_at(&self, now: Stamp) -> Counts {
        match &self.mode {
            Mode::Counting { tally, .. } => tally.counts_at(now),
            _ => Counts::default(),
        }
    }

    /// Closed, no streak, and nothing in the window that a new breaker would not have either. Successes
    /// in a count window never leave it and hold nothing against anybody; they may be forgotten.
    pub(super) fn is_idle(&self, now: Stamp) -> bool {
        let Mode::Counting { streak: 0, .. } = self.mode else {
            return false;
        };
        let Counts {
            finished,
            failed,
            slow,
            dropped,
        } = self.counts_at(now);
        let ages = matches!(self.settings.window, super::Window::Time(_));
        let empty = if ages {
            finished == 0
        } else {
            failed == 0 && slow == 0
        };
        self.phase() == Phase::Closed && empty && dropped == 0
    }
}
