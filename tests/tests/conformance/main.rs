//! The language-neutral cases of `tests/conformance/` against the runtime's policies, composed by hand.
//!
//! In: `cases.json`, or any file of that form that `RESILIENT_CONFORMANCE` names. Out: every case met, or listed in
//! `docs/conformance.md` with the decision that differs or what is lacking. Refuses a universal case that does not
//! hold, a field it does not know, and a table that is not true; `RESILIENT_CONFORMANCE_TABLE=overwrite` writes it anew.

#![allow(unreachable_pub, reason = "a test has modules and no callers outside")]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read what it is about has failed"
)]

mod build;
mod case;
mod decisions;
mod expect;
mod fault;
mod instances;
mod mutants;
mod play;
mod policy;
mod slips;
mod stack;
mod table;
mod unit;
mod world;

use std::fs;
use std::path::{Path, PathBuf};

use case::{Case, Class, Kind};
use play::{Meddle, Miss};
use resilient_runtime::testing;
use serde_json::Value;
use table::Played;

/// How often a case with random delays is played.
const ROUNDS: u32 = 20;

fn is_ours() -> bool {
    std::env::var_os("RESILIENT_CONFORMANCE").is_none()
}

/// A path that is not absolute starts in the workspace's folder.
fn path() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let wanted = std::env::var_os("RESILIENT_CONFORMANCE");
    root.join(wanted.unwrap_or_else(|| "tests/conformance/cases.json".into()))
}

/// The cases as they are written.
fn written() -> Vec<Value> {
    let path = path();
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let file: case::File = serde_json::from_str(&text).unwrap();
    file.cases
}

fn read(case: &Value) -> Case {
    serde_json::from_value(case.clone()).unwrap_or_else(|error| panic!("{}: {error}", case["id"]))
}

fn check(case: &Case, meddle: Option<Meddle>) -> Result<(), Miss> {
    if case.kind == Kind::Unit {
        return unit::check(case);
    }
    let rounds = if case.randomized { ROUNDS } else { 1 };
    for _ in 0..rounds {
        testing::run(play::play(case, meddle))?;
    }
    Ok(())
}

fn played() -> Vec<Played> {
    let cases = written();
    let cases = cases.iter().map(read);
    cases
        .map(|case| (case.clone(), check(&case, None)))
        .collect()
}

/// The cases of this class that do not hold, unless something says why.
fn missed(class: Class, why: fn(&Case) -> Option<&'static str>) -> Vec<String> {
    let missed = played().into_iter().filter_map(|(case, result)| {
        let miss = result.err()?;
        let counts = case.class == class && why(&case).is_none();
        counts.then(|| format!("{}: {miss:?}", case.id))
    });
    missed.collect()
}

#[test]
fn every_universal_case_holds() {
    let missed = missed(Class::Universal, |_| None);
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn every_choice_is_met_or_decided_otherwise() {
    let undecided = missed(Class::Choice, decisions::of);
    assert!(undecided.is_empty(), "{}", undecided.join("\n"));
}

#[test]
fn the_page_says_what_came_of_every_case() {
    if !is_ours() {
        return;
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/conformance.md");
    let page = fs::read_to_string(&path).unwrap();
    let (words, results) = page.split_at(page.find(table::MARK).unwrap());
    let actual = table::render(&played());
    if std::env::var("RESILIENT_CONFORMANCE_TABLE").is_ok_and(|what| what == "overwrite") {
        fs::write(&path, format!("{words}{actual}")).unwrap();
    } else {
        let line = results
            .lines()
            .zip(actual.lines())
            .find(|(page, now)| page != now);
        assert!(
            results == actual,
            "docs/conformance.md is not true any more, from here on: {line:#?}\n\
             look at what has changed, then set RESILIENT_CONFORMANCE_TABLE=overwrite"
        );
    }
}

#[test]
fn no_decision_outlives_its_case() {
    if !is_ours() {
        return;
    }
    let played = played();
    for name in decisions::names() {
        let about = |(case, _): &&Played| {
            case.id == name
                || case
                    .choice
                    .as_ref()
                    .is_some_and(|choice| choice.name == name)
        };
        assert!(
            played.iter().any(|played| about(&played)),
            "no case is about {name}"
        );
    }
}
