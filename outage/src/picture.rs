//! Pictures of an outage: one panel for each policy, calls lost, recovery against amplification. The same rows give
//! the same bytes.

use resilient_examples::svg::{Anchor, Svg};

use crate::load::Second;
use crate::report::Row;
use crate::scenario::Scenario;

const WIDTH: f64 = 900.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 880.0;
const PANEL: f64 = 90.0;
const GAP: f64 = 34.0;
const TOP: f64 = 64.0;

const TEXT: &str = "#24292f";
const MUTED: &str = "#8c959f";
const SHADE: &str = "#eaeef2";
const BAD: &str = "#cf222e";
const ATTEMPTS: &str = "#ffb3ab";
const GOOD: &str = "#1a7f37";

/// Capacity of the healthy service, in requests per second.
const CAPACITY: f64 = 1_000.0;

/// The top of every panel's scale, in requests per second.
const MOST: f64 = 3_500.0;

/// Stacked panels on one time axis: attempts as an area, good answers as a line, capacity dashed, the outage shaded.
#[must_use]
pub fn panels(scenario: &Scenario, rows: &[&Row]) -> String {
    let height = TOP + span(rows.len()) * (PANEL + GAP) + 24.0;
    let mut svg = Svg::new(WIDTH, height, &format!("Outage: {}", scenario.name));
    svg.rectangle((0.0, 0.0), (WIDTH, height), "#ffffff");
    let title = format!(
        "{}: what reaches the service, and what is answered in time",
        scenario.name
    );
    svg.text((LEFT, 26.0), 17.0, TEXT, Anchor::Start, true, &title);
    let legend = "red: attempts per second · green: calls answered well · dashed: capacity · grey: the outage";
    svg.text((LEFT, 44.0), 12.0, MUTED, Anchor::Start, false, legend);
    let length = span(rows.first().map_or(1, |row| row.seconds.len()));
    let x = |second: f64| LEFT + (RIGHT - LEFT) * second / length;
    for (at, row) in rows.iter().enumerate() {
        let top = TOP + span(at) * (PANEL + GAP) + 16.0;
        let y = |rate: f64| top + PANEL - PANEL * rate.min(MOST) / MOST;
        let (from, to) = (x(whole(scenario.fault.0)), x(whole(scenario.fault.1)));
        svg.rectangle((from, top), (to - from, PANEL), SHADE);
        let attempts = steps(row, |second| second.attempts);
        let points: Vec<_> = attempts
            .iter()
            .map(|(at, rate)| (x(*at), y(*rate)))
            .collect();
        svg.area(&points, top + PANEL, ATTEMPTS);
        svg.line(
            (LEFT, y(CAPACITY)),
            (RIGHT, y(CAPACITY)),
            MUTED,
            Some("4 3"),
        );
        let good = steps(row, |second| second.good);
        let points: Vec<_> = good.iter().map(|(at, rate)| (x(*at), y(*rate))).collect();
        svg.curve(&points, GOOD, 2.0);
        svg.line((LEFT, top + PANEL), (RIGHT, top + PANEL), MUTED, None);
        svg.text(
            (LEFT, top - 5.0),
            13.0,
            TEXT,
            Anchor::Start,
            true,
            row.policy,
        );
        let figures = row.figures.first();
        let recovered = figures.and_then(|figures| figures.recovery).map_or_else(
            || "never recovers".to_owned(),
            |seconds| format!("recovers after {seconds:.0} s"),
        );
        let lost = figures.map_or(0, |figures| figures.lost);
        let said = format!("{recovered} · {lost} calls lost");
        svg.text((RIGHT, top - 5.0), 12.0, TEXT, Anchor::End, false, &said);
    }
    let bottom = height - 12.0;
    for second in (0..=rows.first().map_or(0, |row| row.seconds.len())).step_by(30) {
        let label = format!("{second} s");
        svg.text(
            (x(span(second)), bottom),
            11.0,
            MUTED,
            Anchor::Middle,
            false,
            &label,
        );
    }
    svg.finish()
}

/// Calls lost in the minute after each outage, when the service is well again, on a logarithmic scale.
#[must_use]
pub fn lost(rows: &[Row]) -> String {
    let rows: Vec<&Row> = rows
        .iter()
        .filter(|row| !row.scenario.contains('%'))
        .collect();
    let height = 70.0 + 17.0 * span(rows.len());
    let mut svg = Svg::new(WIDTH, height, "Calls lost");
    svg.rectangle((0.0, 0.0), (WIDTH, height), "#ffffff");
    let title = "Calls lost in the minute after an outage, of 48,000 (logarithmic)";
    svg.text((20.0, 28.0), 17.0, TEXT, Anchor::Start, true, title);
    for (at, row) in rows.iter().enumerate() {
        let y = 50.0 + 17.0 * span(at);
        let lost = mean(row, |figures| f64::from(figures.lost_after));
        let label = format!("{} · {}", row.scenario, row.policy);
        svg.text((390.0, y + 11.0), 11.0, TEXT, Anchor::End, false, &label);
        svg.rectangle(
            (400.0, y),
            (lost.max(1.0).log10() * 80.0, 13.0),
            colour(row),
        );
        let beside = 406.0 + lost.max(1.0).log10() * 80.0;
        svg.text(
            (beside, y + 11.0),
            11.0,
            MUTED,
            Anchor::Start,
            false,
            &format!("{lost:.0}"),
        );
    }
    svg.finish()
}

/// One dot for each policy and outage: attempts per call against seconds until recovery.
#[must_use]
pub fn recovery(rows: &[Row]) -> String {
    let (height, bottom, top) = (460.0, 410.0, 60.0);
    let mut svg = Svg::new(WIDTH, height, "Recovery against amplification");
    svg.rectangle((0.0, 0.0), (WIDTH, height), "#ffffff");
    let title = "Recovery against amplification; red never recovers, green is ours";
    svg.text((LEFT, 28.0), 17.0, TEXT, Anchor::Start, true, title);
    let x = |amplification: f64| LEFT + (RIGHT - LEFT) * amplification.min(4.0) / 4.0;
    let y = |seconds: f64| {
        bottom - (bottom - top) * (1.0 + seconds.min(100.0)).log10() / 101_f64.log10()
    };
    for tick in [0.0, 1.0, 2.0, 3.0, 4.0] {
        svg.line((x(tick), bottom), (x(tick), top), SHADE, None);
        svg.text(
            (x(tick), bottom + 16.0),
            11.0,
            MUTED,
            Anchor::Middle,
            false,
            &format!("{tick:.0}x"),
        );
    }
    for tick in [0.0, 2.0, 5.0, 10.0, 30.0, 100.0] {
        svg.line((LEFT, y(tick)), (RIGHT, y(tick)), SHADE, None);
        svg.text(
            (LEFT - 6.0, y(tick) + 4.0),
            11.0,
            MUTED,
            Anchor::End,
            false,
            &format!("{tick:.0} s"),
        );
    }
    for row in rows.iter().filter(|row| !row.scenario.contains('%')) {
        let seconds = mean(row, |figures| figures.recovery.unwrap_or(100.0));
        let at = (x(mean(row, |figures| figures.amplification)), y(seconds));
        svg.rectangle((at.0 - 4.0, at.1 - 4.0), (8.0, 8.0), colour(row));
    }
    svg.text(
        (RIGHT, height - 14.0),
        12.0,
        MUTED,
        Anchor::End,
        false,
        "attempts per call during the outage",
    );
    svg.finish()
}

fn colour(row: &Row) -> &'static str {
    if row.policy == "defaults" || row.policy == "recommended" {
        GOOD
    } else if row.figures.iter().any(|figures| figures.recovery.is_none()) {
        BAD
    } else {
        MUTED
    }
}

fn mean(row: &Row, of: impl Fn(&crate::figures::Figures) -> f64) -> f64 {
    row.figures.iter().map(of).sum::<f64>() / span(row.figures.len().max(1))
}

fn steps(row: &Row, of: impl Fn(&Second) -> u32) -> Vec<(f64, f64)> {
    let mut points = Vec::new();
    for (at, second) in row.seconds.iter().enumerate() {
        let rate = f64::from(of(second));
        points.push((span(at), rate));
        points.push((span(at + 1), rate));
    }
    points
}

fn span(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn whole(seconds: u64) -> f64 {
    f64::from(u32::try_from(seconds).unwrap_or(u32::MAX))
}
