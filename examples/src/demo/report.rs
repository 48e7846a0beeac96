//! The table at the end: in, recordings; out, figures, text and a verdict. It judges only what was promised.

use std::fmt::Write;
use std::time::Duration;

use super::load::{CALLS_PER_SECOND, Ended};
use super::recording::{Recording, percentile};
use super::script::Script;

/// The longest time from the partner's recovery to ours.
pub const RECOVERY_LIMIT: Duration = Duration::from_secs(5);

/// One column of the table.
#[derive(Clone, Debug)]
pub struct Figures {
    name: &'static str,
    calls: usize,
    good: usize,
    rejected_early: usize,
    unknown: usize,
    failed: usize,
    falsely_failed: usize,
    attempts: usize,
    reached: usize,
    left_in_queue: usize,
    /// Attempts per hundred calls, both made in the outage.
    amplification: usize,
    p50: Duration,
    p99: Duration,
    outage_p99: Duration,
    double_charges: usize,
    worst_order: u32,
    overcharged_cents: u64,
    recovery: Option<Duration>,
}

impl Figures {
    /// Counts one recording of a run of the script.
    #[must_use]
    pub fn of(recording: &Recording, script: &Script) -> Self {
        let (outage, end) = (script.outage(), script.length());
        let told = |ended| {
            recording
                .calls
                .iter()
                .filter(|call| call.ended == ended)
                .count()
        };
        let waits = recording.waits(&(Duration::ZERO..end));
        let outage_waits = recording.waits(&outage);
        let in_outage = recording
            .attempts
            .iter()
            .filter(|at| outage.contains::<Duration>(at))
            .count();
        Self {
            name: recording.name,
            calls: recording.calls.len(),
            good: recording.calls.iter().filter(|call| call.is_good()).count(),
            rejected_early: told(Ended::RejectedEarly),
            unknown: told(Ended::Unknown),
            failed: told(Ended::Failed),
            falsely_failed: recording.falsely_failed,
            attempts: recording.attempts.len(),
            reached: recording.totals.reached,
            left_in_queue: recording.left_in_queue,
            amplification: in_outage * 100 / outage_waits.len().max(1),
            p50: percentile(&waits, 50),
            p99: percentile(&waits, 99),
            outage_p99: percentile(&outage_waits, 99),
            double_charges: recording.totals.double_charges,
            worst_order: recording.totals.worst_order,
            overcharged_cents: recording.totals.overcharged_cents,
            recovery: recording.recovery(outage.end, end),
        }
    }

    /// The name and the cells below it, in the order of [`ROWS`].
    fn column(&self) -> [String; ROWS.len() + 1] {
        [
            self.name.to_owned(),
            grouped(self.calls),
            format!(
                "{} ({} %)",
                grouped(self.good),
                self.good * 100 / self.calls.max(1)
            ),
            grouped(self.rejected_early),
            grouped(self.unknown),
            grouped(self.failed),
            grouped(self.falsely_failed),
            grouped(self.attempts),
            grouped(self.reached),
            grouped(self.left_in_queue),
            format!(
                "{}.{:02}",
                self.amplification / 100,
                self.amplification % 100
            ),
            milliseconds(self.p50),
            milliseconds(self.p99),
            milliseconds(self.outage_p99),
            grouped(self.double_charges),
            if self.worst_order == 1 {
                "once".to_owned()
            } else {
                format!("{} times", self.worst_order)
            },
            euros(self.overcharged_cents),
            self.recovery.map_or("not at all".to_owned(), |after| {
                format!("after {} s", after.as_secs())
            }),
        ]
    }
}

const ROWS: [&str; 17] = [
    "calls",
    "answered",
    "rejected early, never sent",
    "told \"outcome unknown\"",
    "told \"failed\"",
    "  told it failed, yet charged",
    "attempts",
    "  that reached the server",
    "  still in its queue at the end",
    "amplification (attempts a call, in the outage)",
    "p50 of the wait",
    "p99 of the wait",
    "  of calls made in the outage",
    "DOUBLE CHARGES, by the server's books",
    "  worst order was charged",
    "  money taken too much",
    "recovered from when the partner had",
];

/// The table, one line a row, ends with a line break.
#[must_use]
pub fn table(left: &Figures, right: &Figures) -> String {
    let (left, right) = (left.column(), right.column());
    let mut text = String::new();
    for (row, title) in [""].iter().chain(&ROWS).enumerate() {
        let _ = writeln!(text, "  {title:<48}{:>16}{:>16}", left[row], right[row]);
        if row == 0 {
            let _ = writeln!(text, "  {}", "─".repeat(80));
        }
    }
    text
}

/// Everything that does not hold, each as a sentence; empty when the demo shows what it promises.
///
/// The hand-written loop is held to one thing: that it double charged. An outage in which it does not proves nothing.
#[must_use]
pub fn broken_promises(by_hand: &Figures, annotated: &Figures) -> Vec<String> {
    let mut broken = Vec::new();
    if annotated.double_charges > 0 {
        broken.push(format!(
            "{} orders were charged twice through annotations",
            annotated.double_charges
        ));
    }
    if annotated.falsely_failed > 0 {
        broken.push(format!(
            "{} charges were said to have failed and had not",
            annotated.falsely_failed
        ));
    }
    match annotated.recovery {
        Some(after) if after <= RECOVERY_LIMIT => {}
        Some(after) => broken.push(format!(
            "the annotated client recovered only after {after:?}"
        )),
        None => broken.push("the annotated client did not recover".to_owned()),
    }
    if by_hand.double_charges == 0 {
        broken.push("the outage did not bite: even the hand-written loop charged once".to_owned());
    }
    broken
}

/// One line on what the load and the service are, to read the figures by.
#[must_use]
pub fn premise(script: &Script) -> String {
    let outage = script.outage();
    format!(
        "{CALLS_PER_SECOND} calls a second to each client for {} s; its partner can take 80 a second and is sick from {} s to {} s",
        script.length().as_secs(),
        outage.start.as_secs(),
        outage.end.as_secs(),
    )
}

fn milliseconds(time: Duration) -> String {
    format!(
        "{} ms",
        grouped(usize::try_from(time.as_millis()).expect("a demo is short"))
    )
}

fn euros(cents: u64) -> String {
    let whole = usize::try_from(cents / 100).expect("a demo moves little money");
    format!("€ {}.{:02}", grouped(whole), cents % 100)
}

/// `1234567` as `1,234,567`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::script;
    use super::*;

    fn figures(double_charges: usize, recovery: Option<u64>) -> Figures {
        let mut figures = Figures::of(&Recording::default(), &script::OUTAGE);
        figures.double_charges = double_charges;
        figures.recovery = recovery.map(Duration::from_secs);
        figures
    }

    #[test]
    fn the_promise_holds_with_no_double_charge_and_a_recovery_in_five_seconds() {
        assert!(broken_promises(&figures(9, None), &figures(0, Some(5))).is_empty());
    }

    #[test]
    fn each_broken_promise_is_told() {
        assert_eq!(
            broken_promises(&figures(9, None), &figures(1, Some(6))).len(),
            2
        );
        assert_eq!(
            broken_promises(&figures(0, None), &figures(0, None)).len(),
            2
        );
    }

    #[test]
    fn large_numbers_are_grouped_by_thousands() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(euros(123_405), "€ 1,234.05");
    }
}
