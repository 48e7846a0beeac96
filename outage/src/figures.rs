//! What a run comes to: amplification, goodput after the fault, recovery, quiet times.

use crate::load::{Lost, Run, Second};
use crate::policies::Targets;
use crate::scenario::Scenario;

/// The figures of one run.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    /// Attempts per call during the fault.
    pub amplification: f64,
    /// Percent of calls that were good during the fault.
    pub during: f64,
    /// Percent of calls that were good in the 60 s after the fault.
    pub after: f64,
    /// Seconds from the end of the fault to the first of three in a row that are at least 99 % good; none for never.
    pub recovery: Option<f64>,
    /// Calls lost from the beginning of the fault to the end of the minute after it.
    pub lost: u32,
    /// Those of them that were lost when the fault was over.
    pub lost_after: u32,
    /// What those were lost to.
    pub why: Lost,
    /// The 99th percentile of good calls before the fault, in milliseconds.
    pub p99: u32,
}

/// Requests on a connection when it breaks.
const LOST_WITH_A_CONNECTION: u32 = 50;

impl Figures {
    /// Of one run of this scenario.
    #[must_use]
    pub fn of(scenario: &Scenario, run: &Run) -> Self {
        let (from, to) = (index(scenario.fault.0), index(scenario.fault.1));
        let fault = &run.seconds[from..to];
        let after = &run.seconds[to..(to + 60).min(run.seconds.len())];
        let calls = sum(fault, |second| second.calls);
        let lost = |seconds: &[Second]| sum(seconds, |second| second.calls - second.good);
        let mut quiet = run.quiet.clone();
        quiet.sort_unstable();
        Self {
            amplification: f64::from(sum(fault, |second| second.attempts))
                / f64::from(calls.max(1)),
            during: percent(fault),
            after: percent(after),
            recovery: recovery(&run.seconds[to..]),
            lost: lost(fault) + lost(after),
            lost_after: lost(after),
            why: after
                .iter()
                .fold(Lost::default(), |sum, second| sum.with(second.lost)),
            p99: quiet.get(quiet.len() * 99 / 100).copied().unwrap_or(0),
        }
    }

    /// What it misses of its targets, in words.
    #[must_use]
    pub fn misses(&self, scenario: &Scenario, targets: &Targets) -> Vec<String> {
        let mut missed = Vec::new();
        if scenario.is_sparse() != targets.sparse {
            return missed;
        }
        if scenario.is_quiet() {
            if scenario.condition.errors <= 0.101 && self.during < 99.5 {
                missed.push(format!("{:.2} % good of 99.5", self.during));
            }
            return missed;
        }
        if scenario.cut.is_some() {
            // One broken connection is no outage: what was on it may be lost, and no breaker opens.
            if self.lost > LOST_WITH_A_CONNECTION {
                missed.push(format!(
                    "{} calls lost of {LOST_WITH_A_CONNECTION}",
                    self.lost
                ));
            }
            return missed;
        }
        if self.amplification > targets.amplification {
            missed.push(format!(
                "amplification {:.2} above {}",
                self.amplification, targets.amplification
            ));
        }
        if self.after < targets.good {
            missed.push(format!("{:.1} % good of {}", self.after, targets.good));
        }
        let limit = targets.recovery;
        match self.recovery {
            Some(seconds) if seconds <= limit => {}
            Some(seconds) => missed.push(format!("recovered after {seconds:.0} s of {limit}")),
            None => missed.push("did not recover".to_owned()),
        }
        missed
    }
}

fn index(second: u64) -> usize {
    usize::try_from(second).unwrap_or(usize::MAX)
}

fn sum(seconds: &[Second], of: impl Fn(&Second) -> u32) -> u32 {
    seconds.iter().map(of).sum()
}

fn percent(seconds: &[Second]) -> f64 {
    let calls = sum(seconds, |second| second.calls);
    100.0 * f64::from(sum(seconds, |second| second.good)) / f64::from(calls.max(1))
}

fn recovery(seconds: &[Second]) -> Option<f64> {
    // The last seconds hold calls that had no time to end.
    let seconds = &seconds[..seconds.len().saturating_sub(5)];
    let well = |second: &Second| second.good * 100 >= second.calls * 99;
    let first = seconds
        .windows(3)
        .position(|three| three.iter().all(well))?;
    u32::try_from(first).ok().map(f64::from)
}
