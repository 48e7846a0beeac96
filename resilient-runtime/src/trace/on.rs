//! The feature `tracing` is on: spans and lines for whoever subscribes.

use std::sync::atomic::{AtomicU64, Ordering};

use tracing::field::Empty;
use tracing::level_filters::LevelFilter;
use tracing::span::Entered;
use tracing::{Level, Span};

use crate::clock::Stamp;
use crate::effect::Class;
use crate::event::{End, Event, Refusal};

/// The `target` of every span and event, for filters.
const TARGET: &str = "resilient_runtime";

/// Of what happens too often for a log one line is written in this time (own: an outage should be seen, not fill a disk).
const QUIET_MILLIS: u64 = 1_000;

/// Whether anybody wants spans.
#[inline]
pub(crate) fn wanted() -> bool {
    tracing::enabled!(target: TARGET, Level::INFO)
}

/// Whether anybody wants the events that matter most.
#[inline]
pub(crate) fn hears_warnings() -> bool {
    LevelFilter::current() >= LevelFilter::WARN
}

/// Writes one line with the fields of an event, whatever its level.
macro_rules! write_line {
    ($level:expr, $event:ident, $suppressed:expr) => {
        tracing::event!(
            target: TARGET,
            $level,
            resilience.event.name = $event.name(),
            resilience.pipeline.name = $event.call(),
            resilience.strategy.name = $event.policy(),
            resilience.attempt.index = $event.attempt(),
            resilience.circuit_breaker.state = $event.breaker().map(tracing::field::display),
            error.type = $event.failure().map(|failure| failure.name()),
            suppressed = $suppressed,
            "{}",
            $event
        )
    };
}

/// Writes a line about an event, at the level it deserves. Calls and attempts are spans and need none.
#[cold]
pub(crate) fn tell(event: &Event<'_>) {
    let none: Option<u64> = None;
    match event {
        Event::CallStarted { .. }
        | Event::CallFinished { .. }
        | Event::AttemptStarted { .. }
        | Event::AttemptFinished { .. } => {}
        Event::BreakerTransition { .. }
        | Event::ClockWentBack { .. }
        | Event::KeyOverflow { .. }
        | Event::OverrideRefused { .. }
        | Event::JournalFailed { .. }
        | Event::CallInTransaction { .. }
        | Event::RetryScheduled { last: true, .. }
        | Event::RetryRefused {
            why: Refusal::NotRepeatable,
            ..
        } => write_line!(Level::WARN, event, none),
        Event::PermitWaited { .. } => write_line!(Level::DEBUG, event, none),
        _ => write_line!(Level::INFO, event, none),
    }
}

/// The same for what an outage repeats with every call: a warning at most once a second for each `quiet`, with the
/// number of those left out since the last; the others are for debugging.
#[cold]
pub(crate) fn tell_quietly(event: &Event<'_>, quiet: &Quiet, now: Stamp) {
    if let Some(suppressed) = quiet.speak(now) {
        write_line!(Level::WARN, event, Some(suppressed));
    } else {
        write_line!(Level::DEBUG, event, None::<u64>);
    }
}

/// When something was last said, and how often it was not since: one word, because each budget carries one.
///
/// The upper part is milliseconds of the clock (enough for 34 years), the lower one the number left out.
#[derive(Debug, Default)]
pub(crate) struct Quiet(AtomicU64);

const COUNT_BITS: u32 = 24;
const MOST: u64 = (1 << COUNT_BITS) - 1;

impl Quiet {
    pub(crate) const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// How many were left out since the last, if it is time for another. A clock that went back is no reason to be silent.
    fn speak(&self, now: Stamp) -> Option<u64> {
        let now = now.as_nanos() / 1_000_000;
        let mut said = None;
        // Whoever loses the race looks again, and finds that another has just spoken.
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |word| {
                let (at, count) = (word >> COUNT_BITS, word & MOST);
                let soon = at != 0 && now >= at && now - at < QUIET_MILLIS;
                said = (!soon).then_some(count);
                Some(if soon {
                    at << COUNT_BITS | (count + 1).min(MOST)
                } else {
                    now << COUNT_BITS
                })
            });
        said
    }
}

/// The spans of one logical call: its own, and that of the attempt being made.
#[derive(Debug)]
pub(crate) struct Spans {
    call: Span,
    attempt: Span,
}

impl Spans {
    /// Opens the span of the call, inside of the one around it.
    pub(crate) fn of_call(call: &'static str, effect: Class) -> Self {
        let call = tracing::info_span!(
            target: TARGET,
            "resilience.call",
            otel.kind = "internal",
            otel.status_code = Empty,
            resilience.pipeline.name = call,
            resilience.effect = effect.name(),
            resilience.attempts = Empty,
            resilience.outcome = Empty,
            error.type = Empty,
        );
        Self {
            call,
            attempt: Span::none(),
        }
    }

    /// Opens the span of one attempt, inside of the one around it.
    pub(crate) fn of_attempt(attempt: u32, last: bool) -> Self {
        let mut spans = Self {
            call: Span::none(),
            attempt: Span::none(),
        };
        spans.begin_attempt(attempt, last);
        spans
    }

    pub(crate) fn begin_attempt(&mut self, attempt: u32, last: bool) {
        // Not as an explicit parent: a call's span that a filter turned off must not make this one a root.
        let _inside = self.call.enter();
        self.attempt = tracing::info_span!(
            target: TARGET,
            "resilience.attempt",
            otel.kind = "internal",
            otel.status_code = Empty,
            resilience.attempt.index = attempt,
            resilience.attempt.is_last = last,
            resilience.outcome = Empty,
            error.type = Empty,
        );
    }

    pub(crate) fn end_attempt(&mut self, end: End) {
        record(&self.attempt, end);
        self.attempt = Span::none();
    }

    pub(crate) fn end_call(&self, attempts: u32, end: End) {
        self.call.record("resilience.attempts", attempts);
        record(&self.call, end);
    }

    /// Enters the innermost open span for the length of one poll.
    pub(crate) fn enter(&self) -> Entered<'_> {
        if self.attempt.is_none() {
            self.call.enter()
        } else {
            self.attempt.enter()
        }
    }
}

fn record(span: &Span, end: End) {
    span.record("resilience.outcome", end.name());
    if let Some(failure) = end.failure() {
        span.record("error.type", failure.name());
        span.record("otel.status_code", "ERROR");
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_repeats_is_said_once_a_second_with_the_number_left_out() {
        let quiet = Quiet::new();
        let at = |millis| Stamp::FIRST.plus(Duration::from_millis(millis));
        let said: Vec<_> = [0, 1, 999, 1_000, 1_001, 2_500]
            .map(|millis| quiet.speak(at(millis)))
            .into();
        assert_eq!(said, [Some(0), None, None, Some(2), None, Some(1)]);
    }

    #[test]
    fn a_clock_that_went_back_does_not_silence_a_warning() {
        let quiet = Quiet::new();
        let later = Stamp::FIRST.plus(Duration::from_secs(60));
        assert_eq!(quiet.speak(later), Some(0));
        assert_eq!(quiet.speak(Stamp::FIRST), Some(0));
    }
}
