//! One client's panel and the breaker's strip: in, a recording and the space it has; out, shapes.

use std::ops::Range;
use std::time::Duration;

use super::super::load::CALLS_PER_SECOND;
use super::super::recording::{BreakerState, Recording};
use super::super::script::Script;
use super::{Axis, BIN, LEFT, RIGHT, Scale, colour, rates, text_width};
use crate::svg::{Anchor, Pixels, Svg};

/// Draws attempts as areas, good answers as a line, and says what became of the money.
pub(super) fn draw(
    svg: &mut Svg,
    recording: &Recording,
    script: &Script,
    axis: Axis,
    rows: &Range<f64>,
    scale: Scale,
) {
    let y = |rate| scale.y(rate, rows);
    grid(svg, scale, rows);
    let steps = |moments: &[Duration]| steps(&rates(moments, axis.length), axis, y);
    svg.area(&steps(&recording.attempts), rows.end, colour::UNREACHED);
    svg.area(&steps(&recording.arrivals), rows.end, colour::REACHED);
    let asked = y(f64::from(CALLS_PER_SECOND));
    svg.line((LEFT, asked), (RIGHT, asked), colour::TEXT, Some("2 4"));
    let good: Vec<Duration> = recording.good_answers().collect();
    let good = steps(&good);
    // White below the green, so that it stands out from the areas it crosses.
    svg.curve(&good, "#ffffff", 5.0);
    svg.curve(&good, colour::GOOD, 2.5);
    svg.line((LEFT, rows.end), (RIGHT, rows.end), colour::MUTED, None);
    let above = rows.start - 9.0;
    svg.text(
        (LEFT, above),
        15.0,
        colour::TEXT,
        Anchor::Start,
        true,
        recording.name,
    );
    let beside = LEFT + text_width(recording.name, 17.0) + 10.0;
    svg.text(
        (beside, above),
        12.0,
        colour::MUTED,
        Anchor::Start,
        false,
        recording.about,
    );
    let double = recording.totals.double_charges;
    let fill = if double > 0 {
        colour::BAD
    } else {
        colour::GOOD
    };
    let summary = format!("{double} double charges · {}", recovered(recording, script));
    svg.text((RIGHT, above), 15.0, fill, Anchor::End, true, &summary);
}

fn recovered(recording: &Recording, script: &Script) -> String {
    let (healthy, end) = (script.outage().end, script.length());
    recording.recovery(healthy, end).map_or_else(
        || format!("not recovered {} s later", script.aftermath().as_secs()),
        |after| format!("recovered in {} s", after.as_secs()),
    )
}

fn grid(svg: &mut Svg, scale: Scale, rows: &Range<f64>) {
    for rate in scale.ticks() {
        let y = scale.y(rate, rows);
        svg.line((LEFT, y), (RIGHT, y), colour::GRID, None);
        let unit = if rate > 0.0 { "/s" } else { "" };
        let label = format!("{rate:.0}{unit}");
        svg.text(
            (LEFT - 8.0, y + 4.0),
            12.0,
            colour::MUTED,
            Anchor::End,
            false,
            &label,
        );
    }
}

/// A flat step per bin: a rate is known for a bin, not for a moment.
fn steps(rates: &[f64], axis: Axis, y: impl Fn(f64) -> f64) -> Vec<Pixels> {
    let mut points = Vec::with_capacity(rates.len() * 2);
    let mut from = Duration::ZERO;
    for &rate in rates {
        points.push((axis.x(from), y(rate)));
        from += BIN;
        points.push((axis.x(from), y(rate)));
    }
    points
}

/// A probe that is answered in a millisecond is still to be seen.
const NARROWEST: f64 = 3.0;

/// Draws the breaker's states as bars of colour, named where there is room.
pub(super) fn strip(svg: &mut Svg, recording: &Recording, axis: Axis, rows: &Range<f64>) {
    let middle = rows.start.midpoint(rows.end) + 4.0;
    svg.text(
        (LEFT - 8.0, middle),
        12.0,
        colour::MUTED,
        Anchor::End,
        false,
        "breaker",
    );
    let ends = recording
        .breaker
        .iter()
        .skip(1)
        .map(|&(at, _)| at)
        .chain([axis.length]);
    let mut drawn = LEFT;
    for (&(begins, state), ends) in recording.breaker.iter().zip(ends) {
        let from = axis.x(begins).max(drawn);
        let to = axis.x(ends).max(from + NARROWEST).min(RIGHT);
        let (fill, name) = match state {
            BreakerState::Closed => (colour::GOOD, "closed"),
            BreakerState::HalfOpen => (colour::PROBING, "half-open"),
            BreakerState::Open => (colour::BAD, "open"),
        };
        drawn = to;
        svg.rectangle((from, rows.start), (to - from, rows.end - rows.start), fill);
        if to - from > 40.0 {
            svg.text(
                (from.midpoint(to), middle),
                12.0,
                "#ffffff",
                Anchor::Middle,
                true,
                name,
            );
        }
    }
}
