//! Runs of one policy and one scenario become a row; rows become a table, a CSV and pictures.

use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

use crate::figures::Figures;
use crate::load::Second;
use crate::picture;
use crate::policies::POLICIES;
use crate::scenario::SCENARIOS;

/// All seeds of one policy in one scenario.
#[derive(Debug, Clone)]
pub struct Row {
    /// The scenario's name.
    pub scenario: &'static str,
    /// The policy's name.
    pub policy: &'static str,
    /// One for each seed.
    pub figures: Vec<Figures>,
    /// The first seed, second by second.
    pub seconds: Vec<Second>,
}

/// The result of one run: scenario, policy, seed, figures, seconds.
pub type Done = (&'static str, &'static str, u64, Figures, Vec<Second>);

/// Puts the runs that differ only in the seed together.
#[must_use]
pub fn rows(done: Vec<Done>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (scenario, policy, _, figures, seconds) in done {
        match rows.last_mut() {
            Some(row) if row.scenario == scenario && row.policy == policy => {
                row.figures.push(figures);
            }
            _ => rows.push(Row {
                scenario,
                policy,
                figures: vec![figures],
                seconds,
            }),
        }
    }
    rows
}

impl Row {
    fn range(&self, of: impl Fn(&Figures) -> f64) -> (f64, f64) {
        let values = self.figures.iter().map(of);
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        })
    }

    fn recovery(&self) -> String {
        let (low, high) = self.range(|figures| figures.recovery.unwrap_or(f64::INFINITY));
        match (low.is_finite(), high.is_finite()) {
            (true, true) if (low - high).abs() < 0.5 => format!("{low:.0}"),
            (true, true) => format!("{low:.0}..{high:.0}"),
            (true, false) => format!("{low:.0}..never"),
            (false, _) => "never".to_owned(),
        }
    }
}

/// The table, as Markdown; the worst of all seeds where it is not a range.
#[must_use]
pub fn table(rows: &[Row]) -> String {
    let mut text = String::new();
    for scenario in SCENARIOS {
        let rows: Vec<&Row> = rows
            .iter()
            .filter(|row| row.scenario == scenario.name)
            .collect();
        if rows.is_empty() {
            continue;
        }
        let _ = writeln!(
            text,
            "\n### {}\n\n| policy | attempts per call | good during, % | good in the minute after, % | recovered after, s | calls lost | p99 before, ms |\n|---|---|---|---|---|---|---|",
            scenario.name
        );
        for row in rows {
            let _ = writeln!(
                text,
                "| {} | {:.2} | {:.2} | {:.2} | {} | {:.0} | {:.0} |",
                row.policy,
                row.range(|figures| figures.amplification).1,
                row.range(|figures| figures.during).0,
                row.range(|figures| figures.after).0,
                row.recovery(),
                row.range(|figures| f64::from(figures.lost)).1,
                row.range(|figures| f64::from(figures.p99)).1,
            );
        }
    }
    text
}

/// Targets that a row of ours misses, in words.
#[must_use]
pub fn missed(rows: &[Row]) -> Vec<String> {
    let mut lines = Vec::new();
    for row in rows {
        let policy = POLICIES.iter().find(|policy| policy.name == row.policy);
        let scenario = SCENARIOS
            .iter()
            .find(|scenario| scenario.name == row.scenario);
        let (Some(scenario), Some(targets)) = (scenario, policy.and_then(|policy| policy.targets))
        else {
            continue;
        };
        for (seed, figures) in row.figures.iter().enumerate() {
            for miss in figures.misses(scenario, &targets) {
                lines.push(format!(
                    "{} in `{}`, seed {seed}: {miss}",
                    row.policy, row.scenario
                ));
            }
        }
    }
    lines
}

/// Writes the figures as CSV and the pictures as SVG.
///
/// # Errors
///
/// When the folder cannot be written to.
pub fn write(folder: &Path, rows: &[Row]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("figures.csv"), figures(rows))?;
    fs::write(folder.join("seconds.csv"), seconds(rows))?;
    for scenario in SCENARIOS {
        let rows: Vec<&Row> = rows
            .iter()
            .filter(|row| row.scenario == scenario.name)
            .collect();
        if !rows.is_empty() {
            let name = scenario.name.replace(" %", "").replace(' ', "_");
            fs::write(
                folder.join(format!("{name}.svg")),
                picture::panels(scenario, &rows),
            )?;
        }
    }
    fs::write(folder.join("lost.svg"), picture::lost(rows))?;
    fs::write(folder.join("recovery.svg"), picture::recovery(rows))
}

fn figures(rows: &[Row]) -> String {
    let mut text =
        "scenario,policy,seed,amplification,good_during,good_after,recovery,lost,p99,after_breaker,after_bulkhead,after_timeout,after_service\n".to_owned();
    for row in rows {
        for (seed, figures) in row.figures.iter().enumerate() {
            let recovery = figures
                .recovery
                .map_or("never".to_owned(), |seconds| seconds.to_string());
            let _ = writeln!(
                text,
                "{},\"{}\",{seed},{:.4},{:.3},{:.3},{recovery},{},{},{},{},{},{}",
                row.scenario,
                row.policy,
                figures.amplification,
                figures.during,
                figures.after,
                figures.lost,
                figures.p99,
                figures.why.breaker,
                figures.why.bulkhead,
                figures.why.timeout,
                figures.why.service
            );
        }
    }
    text
}

fn seconds(rows: &[Row]) -> String {
    let mut text = "scenario,policy,second,calls,good,attempts\n".to_owned();
    for row in rows {
        for (at, second) in row.seconds.iter().enumerate() {
            let _ = writeln!(
                text,
                "{},\"{}\",{at},{},{},{}",
                row.scenario, row.policy, second.calls, second.good, second.attempts
            );
        }
    }
    text
}
