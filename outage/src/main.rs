//! `cargo run --release -p resilient-outage`: every policy through every outage, on virtual time; prints the table,
//! writes the figures as CSV and the pictures as SVG, and fails when an annotated function misses its targets.
//!
//! Options: `--seeds N` (default 3), `--out FOLDER` (default `target/outage`), `--only WORD` for policies or scenarios
//! whose name contains the word, `--check` to fail when a target is missed.

use std::path::PathBuf;
use std::process::ExitCode;

use resilient_outage::figures::Figures;
use resilient_outage::load::Clock;
use resilient_outage::policies::{POLICIES, Policy};
use resilient_outage::report;
use resilient_outage::scenario::{SCENARIOS, Scenario};

struct Options {
    seeds: u64,
    out: PathBuf,
    only: Vec<String>,
    check: bool,
}

fn main() -> ExitCode {
    let options = match options() {
        Ok(options) => options,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let rows = rows(&options);
    let text = report::table(&rows);
    println!("{text}");
    if let Err(error) = report::write(&options.out, &rows) {
        eprintln!("{}: {error}", options.out.display());
        return ExitCode::FAILURE;
    }
    let missed = report::missed(&rows);
    for line in &missed {
        println!("missed: {line}");
    }
    if options.check && !missed.is_empty() {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn options() -> Result<Options, String> {
    let mut options = Options {
        seeds: 3,
        out: PathBuf::from("target/outage"),
        only: Vec::new(),
        check: false,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("`{word}` needs a value"));
        match word.as_str() {
            "--seeds" => {
                options.seeds = value()?
                    .parse()
                    .map_err(|error| format!("`--seeds`: {error}"))?;
            }
            "--out" => options.out = PathBuf::from(value()?),
            "--only" => options.only.push(value()?),
            "--check" => options.check = true,
            _ => {
                return Err(format!(
                    "`{word}` is no option: --seeds, --out, --only or --check"
                ));
            }
        }
    }
    Ok(options)
}

/// Every policy through every scenario, one run after the other: they share a clock.
fn rows(options: &Options) -> Vec<report::Row> {
    let wanted = |name: &str, other: &str| {
        options
            .only
            .iter()
            .all(|word| name.contains(word.as_str()) || other.contains(word.as_str()))
    };
    let mut jobs: Vec<(&Scenario, &Policy, u64)> = Vec::new();
    for scenario in SCENARIOS {
        for policy in POLICIES {
            if wanted(scenario.name, policy.name) {
                jobs.extend((0..options.seeds).map(|seed| (scenario, policy, seed)));
            }
        }
    }
    let clock = Clock::new();
    let done = jobs.into_iter().map(|(scenario, policy, seed)| {
        let run = clock.run(scenario, policy, seed);
        let figures = Figures::of(scenario, &run);
        (scenario.name, policy.name, seed, figures, run.seconds)
    });
    report::rows(done.collect())
}
