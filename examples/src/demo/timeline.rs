//! The picture: in, the script and two recordings; out, SVG text, the same for the same recordings.
//!
//! Two panels on one time axis and one scale, the outage shaded behind both, the breaker's state as a strip below.

mod panel;

use std::ops::Range;
use std::time::Duration;

use super::load::CALLS_PER_SECOND;
use super::recording::{Recording, histogram};
use super::script::Script;
use crate::service::Mode;
use crate::svg::{Anchor, Svg};

/// Moments are counted in bins of this width and shown as a rate per second.
pub const BIN: Duration = Duration::from_millis(500);

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 556.0;
const LEFT: f64 = 62.0;
const RIGHT: f64 = 936.0;
const SHADE_TOP: f64 = 78.0;
const PANELS: [Range<f64>; 2] = [140.0..290.0, 336.0..486.0];
const STRIP: Range<f64> = 498.0..516.0;

/// Colours that people who cannot tell red from green still tell apart (Okabe and Ito, 2008).
mod colour {
    pub(super) const REACHED: &str = "#e0772b";
    pub(super) const BAD: &str = "#c04f00";
    pub(super) const UNREACHED: &str = "#f2bf99";
    pub(super) const GOOD: &str = "#007a5a";
    pub(super) const PROBING: &str = "#e69f00";
    pub(super) const TEXT: &str = "#1f2328";
    pub(super) const MUTED: &str = "#59636e";
    pub(super) const GRID: &str = "#d1d9e0";
    pub(super) const SHADES: [&str; 2] = ["#eceff2", "#e2e6ea"];
}

/// Time to the right.
#[derive(Clone, Copy)]
struct Axis {
    length: Duration,
}

impl Axis {
    fn x(self, at: Duration) -> f64 {
        let part = at.min(self.length).as_secs_f64() / self.length.as_secs_f64();
        LEFT + (RIGHT - LEFT) * part
    }
}

/// Draws the run.
#[must_use]
pub fn draw(script: &Script, recordings: [&Recording; 2]) -> String {
    let axis = Axis {
        length: script.length(),
    };
    let mut svg = Svg::new(WIDTH, HEIGHT, "The same outage under two clients");
    svg.rectangle((0.0, 0.0), (WIDTH, HEIGHT), "#ffffff");
    heading(&mut svg, script);
    shade(&mut svg, script, axis);
    let scale = Scale::of(recordings, script.length());
    for (recording, rows) in recordings.into_iter().zip(PANELS) {
        panel::draw(&mut svg, recording, script, axis, &rows, scale);
    }
    panel::strip(&mut svg, recordings[1], axis, &STRIP);
    seconds(&mut svg, axis);
    svg.finish()
}

fn heading(svg: &mut Svg, script: &Script) {
    let outage = script.outage();
    let title = format!(
        "A payments service fails for {} seconds; its clients keep making {CALLS_PER_SECOND} calls a second",
        outage.end.saturating_sub(outage.start).as_secs(),
    );
    svg.text(
        (LEFT, 30.0),
        18.0,
        colour::TEXT,
        Anchor::Start,
        true,
        &title,
    );
    let legend = [
        (colour::REACHED, "attempts that reached the partner"),
        (colour::UNREACHED, "attempts in vain"),
    ];
    let mut x = LEFT;
    for (fill, label) in legend {
        svg.rectangle((x, 47.0), (18.0, 14.0), fill);
        x = label_after(svg, x, label);
    }
    svg.curve(&[(x, 54.0), (x + 18.0, 54.0)], colour::GOOD, 2.5);
    x = label_after(svg, x, "good answers");
    svg.line((x, 54.0), (x + 18.0, 54.0), colour::TEXT, Some("2 4"));
    x = label_after(svg, x, "calls");
    svg.rectangle((x, 47.0), (18.0, 14.0), colour::PROBING);
    label_after(svg, x, "a probe: half-open");
}

/// Names the mark at `x` and gives the place of the next one.
fn label_after(svg: &mut Svg, x: f64, label: &str) -> f64 {
    svg.text(
        (x + 25.0, 58.5),
        13.0,
        colour::TEXT,
        Anchor::Start,
        false,
        label,
    );
    x + 25.0 + text_width(label, 13.0) + 22.0
}

/// A guess that suits most fonts, on the wide side.
fn text_width(text: &str, size: f64) -> f64 {
    0.56 * size * f64::from(u32::try_from(text.len()).unwrap_or(0))
}

fn shade(svg: &mut Svg, script: &Script, axis: Axis) {
    let sick = script
        .spans()
        .filter(|(_, phase)| phase.mode != Mode::Healthy);
    for (index, (span, phase)) in sick.enumerate() {
        let (from, to) = (axis.x(span.start), axis.x(span.end));
        let fill = colour::SHADES[index % 2];
        svg.rectangle((from, SHADE_TOP), (to - from, STRIP.end - SHADE_TOP), fill);
        let middle = (from.midpoint(to), SHADE_TOP + 19.0);
        svg.text(middle, 13.0, colour::TEXT, Anchor::Middle, true, phase.name);
    }
    let again = (axis.x(script.outage().end) + 10.0, SHADE_TOP + 19.0);
    svg.text(
        again,
        13.0,
        colour::MUTED,
        Anchor::Start,
        false,
        "healthy again",
    );
}

fn seconds(svg: &mut Svg, axis: Axis) {
    let y = STRIP.end;
    for second in (0..=axis.length.as_secs()).step_by(5) {
        let x = axis.x(Duration::from_secs(second));
        svg.line((x, y), (x, y + 5.0), colour::MUTED, None);
        let label = if second == 0 {
            "0".to_owned()
        } else {
            format!("{second} s")
        };
        svg.text(
            (x, y + 21.0),
            12.0,
            colour::MUTED,
            Anchor::Middle,
            false,
            &label,
        );
    }
}

/// Both panels' vertical scale: the highest rate of attempts, and ticks of a round number below and above it.
#[derive(Clone, Copy)]
struct Scale {
    tick: f64,
    highest: f64,
}

impl Scale {
    fn of(recordings: [&Recording; 2], length: Duration) -> Self {
        let rates = recordings
            .into_iter()
            .flat_map(|recording| rates(&recording.attempts, length));
        let highest = rates.fold(f64::from(CALLS_PER_SECOND), f64::max);
        let ticks = [25.0, 50.0, 100.0, 200.0, 500.0, 1_000.0];
        let tick = ticks
            .into_iter()
            .find(|tick| highest / tick <= 5.0)
            .unwrap_or(highest);
        Self {
            tick,
            highest: (highest / tick).ceil() * tick,
        }
    }

    fn ticks(self) -> impl Iterator<Item = f64> {
        (0..=5)
            .map(move |n| f64::from(n) * self.tick)
            .take_while(move |&rate| rate <= self.highest)
    }

    /// The height of a rate in a panel's rows.
    fn y(self, rate: f64, rows: &Range<f64>) -> f64 {
        rows.end - (rows.end - rows.start) * rate / self.highest
    }
}

fn rates(moments: &[Duration], length: Duration) -> Vec<f64> {
    let counts = histogram(moments.iter().copied(), BIN, length);
    counts
        .into_iter()
        .map(|count| f64::from(count) / BIN.as_secs_f64())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::recording::BreakerState;
    use super::super::script;
    use super::*;

    fn recording() -> Recording {
        let attempts = (0..3_000)
            .map(|n| Duration::from_millis(n * 10))
            .collect::<Vec<_>>();
        let breaker = vec![
            (Duration::ZERO, BreakerState::Closed),
            (Duration::from_secs(7), BreakerState::Open),
        ];
        Recording {
            name: "a < b",
            arrivals: attempts.clone(),
            attempts,
            breaker,
            ..Recording::default()
        }
    }

    #[test]
    fn one_recording_gives_one_picture() {
        let recording = recording();

        let first = draw(&script::OUTAGE, [&recording, &recording]);

        assert_eq!(first, draw(&script::OUTAGE, [&recording, &recording]));
        assert!(first.starts_with("<svg") && first.ends_with("</svg>\n"));
    }

    #[test]
    fn names_cannot_break_the_markup() {
        let recording = recording();

        let picture = draw(&script::OUTAGE, [&recording, &recording]);

        assert!(picture.contains("a &lt; b") && !picture.contains("a < b"));
    }

    #[test]
    fn every_phase_of_the_outage_is_labelled() {
        let recording = recording();
        let picture = draw(&script::OUTAGE, [&recording, &recording]);

        for name in ["refused", "blackholed", "slow", "503"] {
            assert!(
                picture.contains(&format!(">{name}</text>")),
                "{name} is missing"
            );
        }
    }
}
