//! The scripted outage: in, a start; out, the same modes at the same moments for every service it drives.

use std::ops::Range;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::service::{Mode, Service};

/// One stretch of the script.
#[derive(Clone, Copy, Debug)]
pub struct Phase {
    /// One or two words for the table and the picture.
    pub name: &'static str,
    /// What the service does.
    pub mode: Mode,
    /// In whole seconds, so that seconds of the report never straddle two phases.
    pub seconds: u64,
}

/// Phases in order. The first and the last are healthy, everything between them is the outage.
#[derive(Clone, Debug)]
pub struct Script(pub &'static [Phase]);

/// The outage of the demo: 15 seconds in the middle of half a minute.
pub const OUTAGE: Script = Script(&[
    Phase {
        name: "healthy",
        mode: Mode::Healthy,
        seconds: 5,
    },
    Phase {
        name: "refused",
        mode: Mode::Refusing,
        seconds: 3,
    },
    Phase {
        name: "blackholed",
        mode: Mode::Blackholed,
        seconds: 3,
    },
    Phase {
        name: "slow",
        mode: Mode::Slow,
        seconds: 5,
    },
    Phase {
        name: "503",
        mode: Mode::Shedding,
        seconds: 4,
    },
    Phase {
        name: "healthy",
        mode: Mode::Healthy,
        seconds: 10,
    },
]);

impl Script {
    /// Every phase with the time at which it begins and ends, from the start of the script.
    pub fn spans(&self) -> impl Iterator<Item = (Range<Duration>, Phase)> + '_ {
        let mut begins = Duration::ZERO;
        self.0.iter().map(move |&phase| {
            let ends = begins + Duration::from_secs(phase.seconds);
            let span = begins..ends;
            begins = ends;
            (span, phase)
        })
    }

    /// The whole length.
    #[must_use]
    pub fn length(&self) -> Duration {
        self.spans()
            .last()
            .map_or(Duration::ZERO, |(span, _)| span.end)
    }

    /// From the first phase that is not healthy to the end of the last such one; empty when all are healthy.
    #[must_use]
    pub fn outage(&self) -> Range<Duration> {
        let mut sick = self
            .spans()
            .filter(|(_, phase)| phase.mode != Mode::Healthy);
        let Some((first, _)) = sick.next() else {
            return Duration::ZERO..Duration::ZERO;
        };
        let end = sick.last().map_or(first.end, |(last, _)| last.end);
        first.start..end
    }

    /// How long the services are watched after the outage.
    #[must_use]
    pub fn aftermath(&self) -> Duration {
        self.length().saturating_sub(self.outage().end)
    }

    /// The phase at a moment; after the end, the last one.
    #[must_use]
    pub fn at(&self, moment: Duration) -> Option<Phase> {
        let mut spans = self.spans();
        let found = spans
            .find(|(span, _)| span.contains(&moment))
            .map(|(_, phase)| phase);
        found.or(self.0.last().copied())
    }

    /// Puts the services through it, all at the same moments, and returns at its end.
    pub async fn drive(&self, services: [&Service; 2], start: Instant) {
        for (span, phase) in self.spans() {
            sleep_until(start + span.start).await;
            for service in services {
                service.switch_to(phase.mode);
            }
        }
        sleep_until(start + self.length()).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outage_lasts_fifteen_seconds_and_the_whole_demo_less_than_a_minute() {
        assert_eq!(
            OUTAGE.outage(),
            Duration::from_secs(5)..Duration::from_secs(20)
        );
        assert_eq!(OUTAGE.length(), Duration::from_secs(30));
    }

    #[test]
    fn a_phase_begins_with_its_first_moment_and_the_last_one_does_not_end() {
        let name = |seconds| {
            OUTAGE
                .at(Duration::from_secs(seconds))
                .map(|phase| phase.name)
        };

        assert_eq!(name(0), Some("healthy"));
        assert_eq!(name(5), Some("refused"));
        assert_eq!(name(19), Some("503"));
        assert_eq!(name(99), Some("healthy"));
    }
}
