//! The live lines: in, what both sides have counted so far; out, one line a second on standard output.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::Sides;
use super::load::Payments;
use super::recording::BreakerState;
use super::script::Script;
use crate::service::Mode;

/// Counters of one side, read once a second.
#[derive(Clone, Copy, Default)]
struct Counted {
    attempts: usize,
    good: usize,
    double_charges: usize,
}

/// Prints until the script has ended.
pub(super) async fn show<L: Payments, R: Payments>(
    sides: &Sides<L, R>,
    script: &Script,
    start: Instant,
) {
    let style = Style::of_terminal();
    let heading = format!(
        "{:>4}  {:<12}│ {:<28}│ {}",
        "s", "partner", "by hand", "annotated"
    );
    say(&format!(
        "{heading}\n{:>4}  {:<12}│ {COLUMNS} │ {COLUMNS}  breaker",
        "", ""
    ));
    let mut before = [Counted::default(); 2];
    for second in 1..=script.length().as_secs() {
        sleep_until(start + Duration::from_secs(second)).await;
        let now = [count(&sides.by_hand), count(&sides.annotated)];
        let phase = script.at(Duration::from_secs(second - 1));
        let partner = phase.map_or("", |phase| phase.name);
        let partner = format!("{partner:<12}");
        let partner = if phase.is_some_and(|phase| phase.mode == Mode::Healthy) {
            style.green(&partner)
        } else {
            style.red(&partner)
        };
        let [hand, annotated] = [0, 1].map(|side| cells(before[side], now[side], style));
        let breaker = sides.breaker.now().map_or("", describe);
        say(&format!(
            "{second:>4}  {partner}│ {hand} │ {annotated}  {breaker}"
        ));
        before = now;
    }
}

/// As wide as what [`cells`] makes.
const COLUMNS: &str = "attempts/s  good/s  doubles";

fn count<P: Payments>(side: &super::Side<P>) -> Counted {
    Counted {
        attempts: side.client.wire().attempts().len(),
        good: side
            .ledger
            .records()
            .iter()
            .filter(|record| record.is_good())
            .count(),
        double_charges: side.service.books().totals().double_charges,
    }
}

fn cells(before: Counted, now: Counted, style: Style) -> String {
    let (attempts, good) = (now.attempts - before.attempts, now.good - before.good);
    let double = format!("{:>9}", now.double_charges);
    let double = if now.double_charges > 0 {
        style.red(&double)
    } else {
        double
    };
    format!("{attempts:>10}{good:>8}{double}")
}

const fn describe(state: BreakerState) -> &'static str {
    match state {
        BreakerState::Closed => "closed",
        BreakerState::HalfOpen => "half-open",
        BreakerState::Open => "open",
    }
}

/// A reader who left early, say `head`, is no reason to stop the measurement.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Colours only for a terminal whose owner wants them (<https://no-color.org>).
#[derive(Clone, Copy)]
struct Style {
    colours: bool,
}

impl Style {
    fn of_terminal() -> Self {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self {
            colours: std::io::stdout().is_terminal() && !unwanted,
        }
    }

    fn green(self, text: &str) -> String {
        self.paint("32", text)
    }

    fn red(self, text: &str) -> String {
        self.paint("31", text)
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.colours {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}
