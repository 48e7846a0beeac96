//! The figures as a page of Prometheus' text format, version 0.0.4.
//!
//! In: counts by function, and the states of a registry. Out: text. Refuses label values that could break a line: they are
//! escaped.

use std::fmt::{self, Display, Write};

use super::{BOUNDS, Counters, Counts};
use crate::breaker::Phase;
use crate::registry::{Listing, Live, Registry};

/// The phases a breaker can be in.
const PHASES: [Phase; 7] = [
    Phase::Closed,
    Phase::Open,
    Phase::HalfOpen,
    Phase::ForcedOpen,
    Phase::ForcedClosed,
    Phase::Disabled,
    Phase::MetricsOnly,
];

impl Counters {
    /// A page in the text format of Prometheus: what was counted, and what the states of the registry are now.
    ///
    /// | metric | type | labels |
    /// |---|---|---|
    /// | `resilience_calls_total` | counter | `name`, `outcome`, `error_type`, `retried` |
    /// | `resilience_calls_in_flight` | gauge | `name` |
    /// | `resilience_call_duration_seconds` | histogram | `name` |
    /// | `resilience_attempts_total` | counter | `name`, `result` |
    /// | `resilience_retries_total` | counter | `name` |
    /// | `resilience_retries_refused_total` | counter | `name`, `reason` |
    /// | `resilience_rejections_total` | counter | `name`, `kind` |
    /// | `resilience_permit_waits_total`, `resilience_permit_wait_seconds_total` | counter | `name` |
    /// | `resilience_breaker_state` | gauge, 1 for the phase it is in | `name`, `state` |
    /// | `resilience_bulkhead_in_flight`, `_queued`, `_limit` | gauge | `name` |
    /// | `resilience_rate_limit_available`, `_queued`, `_burst` | gauge | `name` |
    /// | `resilience_retry_budget_remaining` | gauge | `name` |
    #[must_use]
    pub fn prometheus(&self, registry: &Registry) -> String {
        let mut page = Page::default();
        let all = self.all();
        let rows = || all.iter().map(|(name, counts)| (name.as_str(), counts));
        page.calls(rows());
        page.durations(rows());
        page.attempts(rows());
        page.waits(rows());
        page.states(&registry.snapshot().listings);
        page.0
    }
}

/// A label's value: a backslash, a quote and a line's end are escaped.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|char| match char {
            '\\' => f.write_str("\\\\"),
            '"' => f.write_str("\\\""),
            '\n' => f.write_str("\\n"),
            other => f.write_char(other),
        })
    }
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _never = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn row(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let mut text = String::new();
        for (nth, (label, value)) in labels.iter().enumerate() {
            let comma = if nth == 0 { "" } else { "," };
            let _never = write!(text, "{comma}{label}=\"{}\"", Escaped(value));
        }
        let _never = writeln!(self.0, "{name}{{{text}}} {value}");
    }

    fn calls<'a>(&mut self, rows: impl Iterator<Item = (&'a str, &'a Counts)> + Clone) {
        let total = "resilience_calls_total";
        self.family(
            total,
            "counter",
            "Calls that ended, as their callers saw it.",
        );
        for (name, counts) in rows.clone() {
            for (outcome, count) in &counts.calls {
                let retried = if outcome.retried { "true" } else { "false" };
                let labels = [
                    ("name", name),
                    ("outcome", outcome.end),
                    ("error_type", outcome.failure),
                    ("retried", retried),
                ];
                self.row(total, &labels, count);
            }
        }
        let flight = "resilience_calls_in_flight";
        self.family(flight, "gauge", "Calls that have begun and not ended.");
        for (name, counts) in rows {
            self.row(flight, &[("name", name)], counts.in_flight);
        }
    }

    fn durations<'a>(&mut self, rows: impl Iterator<Item = (&'a str, &'a Counts)>) {
        let name_of = "resilience_call_duration_seconds";
        self.family(name_of, "histogram", "From a call's first poll to its end.");
        for (name, counts) in rows {
            let mut below = 0;
            for (bound, count) in BOUNDS.iter().zip(counts.times) {
                below += count;
                let labels = [("name", name), ("le", &bound.to_string())];
                self.row(&format!("{name_of}_bucket"), &labels, below);
            }
            let ended = counts.ended();
            self.row(
                &format!("{name_of}_bucket"),
                &[("name", name), ("le", "+Inf")],
                ended,
            );
            self.row(
                &format!("{name_of}_sum"),
                &[("name", name)],
                counts.elapsed.as_secs_f64(),
            );
            self.row(&format!("{name_of}_count"), &[("name", name)], ended);
        }
    }

    fn attempts<'a>(&mut self, rows: impl Iterator<Item = (&'a str, &'a Counts)> + Clone) {
        let of = "resilience_attempts_total";
        self.family(of, "counter", "Attempts that ended.");
        for (name, counts) in rows.clone() {
            for (result, count) in &counts.attempts {
                self.row(of, &[("name", name), ("result", result)], count);
            }
        }
        let of = "resilience_retries_total";
        self.family(of, "counter", "Attempts scheduled after a failed one.");
        for (name, counts) in rows.clone() {
            self.row(of, &[("name", name)], counts.retries);
        }
        let of = "resilience_retries_refused_total";
        self.family(
            of,
            "counter",
            "Repeats that did not happen although attempts were left.",
        );
        for (name, counts) in rows.clone() {
            for (reason, count) in &counts.retries_refused {
                self.row(of, &[("name", name), ("reason", reason)], count);
            }
        }
        let of = "resilience_rejections_total";
        self.family(of, "counter", "What policies refused or ended.");
        for (name, counts) in rows {
            for (kind, count) in &counts.rejections {
                self.row(of, &[("name", name), ("kind", kind)], count);
            }
        }
    }

    fn waits<'a>(&mut self, rows: impl Iterator<Item = (&'a str, &'a Counts)> + Clone) {
        let of = "resilience_permit_waits_total";
        self.family(
            of,
            "counter",
            "Attempts that waited in a queue and got a permit.",
        );
        for (name, counts) in rows.clone() {
            self.row(of, &[("name", name)], counts.waits);
        }
        let of = "resilience_permit_wait_seconds_total";
        self.family(of, "counter", "The time they waited.");
        for (name, counts) in rows {
            self.row(of, &[("name", name)], counts.waited.as_secs_f64());
        }
    }

    fn states(&mut self, listings: &[Listing]) {
        let of = "resilience_breaker_state";
        self.family(of, "gauge", "1 for the phase a breaker is in.");
        for listing in listings {
            if let Live::Breaker(breaker) = &listing.live {
                let name = listing.name.to_string();
                for phase in PHASES {
                    let state = phase.to_string().replace([' ', '-'], "_");
                    let is = u8::from(phase == breaker.phase);
                    self.row(of, &[("name", &name), ("state", &state)], is);
                }
            }
        }
        for (of, figure) in [("in_flight", 0), ("queued", 1), ("limit", 2)] {
            let of = format!("resilience_bulkhead_{of}");
            self.family(
                &of,
                "gauge",
                "Of a bulkhead: calls running, calls waiting, and the limit.",
            );
            for listing in listings {
                if let Live::Bulkhead(bulkhead) = &listing.live {
                    let value = [bulkhead.in_flight, bulkhead.queued, bulkhead.limit][figure];
                    self.row(&of, &[("name", &listing.name.to_string())], value);
                }
            }
        }
        for (of, figure) in [("available", 0), ("queued", 1), ("burst", 2)] {
            let of = format!("resilience_rate_limit_{of}");
            self.family(
                &of,
                "gauge",
                "Of a rate limit: calls that could start now, calls waiting, and the most at once.",
            );
            for listing in listings {
                if let Live::RateLimit(limit) = &listing.live {
                    let value = [limit.available, limit.queued, limit.burst][figure];
                    self.row(&of, &[("name", &listing.name.to_string())], value);
                }
            }
        }
        let of = "resilience_retry_budget_remaining";
        self.family(of, "gauge", "Repeats a budget would pay for now.");
        for listing in listings {
            if let Live::Budget(budget) = &listing.live {
                self.row(of, &[("name", &listing.name.to_string())], budget.tokens);
            }
        }
    }
}
