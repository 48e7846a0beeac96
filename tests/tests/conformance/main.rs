//! The language-neutral cases of `tests/conformance/` against the runtime's policies, composed by hand.
//!
//! In: `cases.json`, or any file of that form that `RESILIENT_CONFORMANCE` names. Out: every case met, or listed in
//! `docs/conformance.md` with the decision that differs or what is lacking. Refuses a universal case that does not
//! hold, a field it does not know, and a table that is not true; `RESILIENT_CONFORMANCE_TABLE=overwrite` writes it anew.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read what it is about has failed"
)]

mod case;
mod expect;
mod fault;
mod play;
mod stack;
mod unit;
mod world;

use std::fs;
use std::path::{Path, PathBuf};

use case::{Case, Class, Kind};
use play::{Meddle, Miss};
use resilient_runtime::testing;
use serde_json::Value;

/// How often a case with random delays is played.
const ROUNDS: u32 = 20;

fn path() -> PathBuf {
    std::env::var_os("RESILIENT_CONFORMANCE").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/cases.json"),
        PathBuf::from,
    )
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

#[test]
fn every_universal_case_holds() {
    let cases = written();
    let mut misses = Vec::new();
    for case in cases.iter().map(read) {
        if let Err(miss) = check(&case, None) {
            println!("{:?} {} {}: {miss:?}", case.class, case.group, case.id);
            if case.class == Class::Universal {
                misses.push(format!("{}: {miss:?}", case.id));
            }
        }
    }
    assert!(misses.is_empty(), "{}", misses.join("\n"));
}
