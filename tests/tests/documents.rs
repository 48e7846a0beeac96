//! The documents against the tree: the README shows what rustc prints and counts what its picture counts, links lead
//! somewhere, and the files that the architecture names are there.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read what it is about has failed"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const README: &str = include_str!("../../README.md");
const SOURCE: &str = include_str!("../ui/readme/fail/non_idempotent_call_inside_retry.rs");
const PICTURE: &str = include_str!("../../docs/timeline.svg");
const STDERR: &str = include_str!("../ui/readme/fail/non_idempotent_call_inside_retry.stderr");

/// The workspace's folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The lines between this fence and the next.
fn block(fence: &str) -> Vec<&'static str> {
    let lines = README.lines().skip_while(|line| *line != fence).skip(1);
    let block: Vec<_> = lines.take_while(|line| *line != "```").collect();
    assert!(!block.is_empty(), "the README has no block {fence}");
    block
}

/// The markdown files of a folder.
fn documents(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).unwrap();
    let files = entries.map(|entry| entry.unwrap().path());
    files
        .filter(|file| file.extension().is_some_and(|kind| kind == "md"))
        .collect()
}

/// The UI test compiles the same program and holds its output against the same file.
#[test]
fn the_readme_shows_a_program_that_is_compiled_with_the_refusals() {
    let shown = block("```rust,compile_fail");
    let compiled: Vec<_> = SOURCE.lines().take(shown.len()).collect();
    assert_eq!(shown, compiled);
}

#[test]
fn the_readme_shows_the_error_that_rustc_prints_from_its_first_line_on() {
    let place = |line: &&str| !line.trim_start().starts_with("-->");
    let shown: Vec<_> = block("```text").into_iter().filter(place).collect();
    let printed: Vec<_> = STDERR.lines().filter(place).take(shown.len()).collect();
    assert_eq!(shown, printed);
}

#[test]
fn the_caption_counts_what_the_picture_counts() {
    let before = PICTURE.split(" double charges").next().unwrap();
    let counted = before.rsplit('>').next().unwrap();
    let caption: Vec<_> = README.split_whitespace().collect();
    let caption = caption.join(" ");
    assert!(
        caption.contains(&format!("{counted} double charges")),
        "{counted}"
    );
}

#[test]
fn every_link_to_a_file_leads_to_one() {
    let folders = ["", "docs", "resilient-macros/docs"];
    for document in folders.into_iter().flat_map(documents) {
        let text = fs::read_to_string(&document).unwrap();
        let targets = text.split("](").skip(1);
        let targets = targets.filter_map(|rest| rest.split([')', '#']).next());
        let elsewhere = |target: &str| target.is_empty() || target.contains([':', '@']);
        for target in targets.filter(|target| !elsewhere(target)) {
            let there = document.with_file_name(target).exists();
            assert!(there, "{}: {target}", document.display());
        }
    }
}

/// The words in backticks of a text.
fn in_backticks(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn every_rule_is_on_the_page_of_an_attribute_it_concerns_and_no_page_names_another() {
    let rules = fs::read_to_string(root().join("docs/rules.md")).unwrap();
    let rules: BTreeSet<_> = rules
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .collect();
    let pages = documents("resilient-macros/docs").into_iter();
    let pages: Vec<_> = pages
        .map(|page| fs::read_to_string(page).unwrap())
        .collect();
    let named: BTreeSet<_> = pages.iter().flat_map(|page| in_backticks(page)).collect();
    let forgotten: Vec<_> = rules.difference(&named).collect();
    assert!(forgotten.is_empty(), "on no page: {forgotten:?}");
    let lists = pages
        .iter()
        .filter_map(|page| page.split("# Rules that concern it").nth(1));
    for name in lists.flat_map(|list| in_backticks(list.split("\n[").next().unwrap())) {
        assert!(rules.contains(name), "no rule is called {name}");
    }
}

#[test]
fn every_file_that_the_architecture_names_is_there() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_-/.<>".contains(c);
    let words = text.split(|c| !is_name(c));
    let names = words.filter_map(|word| word.strip_suffix(".rs"));
    for name in names.filter(|name| !name.is_empty() && !name.contains('<')) {
        let name = format!("{name}.rs");
        let places = ["", "resilient-macros/src", "resilient-runtime/src"];
        let there = places
            .iter()
            .any(|place| root().join(place).join(&name).exists());
        assert!(there, "{name}");
    }
}

/// The names of all tests that are called after a mistake of the field: `b07_..`, `b02b_..`.
fn tests_of_mistakes() -> BTreeSet<String> {
    fn read(folder: &Path, into: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, into);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let functions = text.lines().filter_map(|line| {
                    let line = line.trim_start();
                    let line = line.strip_prefix("async ").unwrap_or(line);
                    Some(line.strip_prefix("fn b")?.split_once('(')?.0)
                });
                let numbered =
                    functions.filter(|name| name.starts_with(|c: char| c.is_ascii_digit()));
                into.extend(numbered.map(|name| format!("b{name}")));
            }
        }
    }
    let mut names = BTreeSet::new();
    for folder in [
        "tests/tests",
        "resilient-runtime/src",
        "resilient-macros/src",
    ] {
        read(&root().join(folder), &mut names);
    }
    names
}

#[test]
fn every_mistake_of_the_field_has_a_test_or_a_reason_and_every_such_test_is_listed() {
    let page = fs::read_to_string(root().join("docs/field-mistakes.md")).unwrap();
    let mut listed = BTreeSet::new();
    let mut mistakes = BTreeSet::new();
    for row in page.lines().filter(|line| line.starts_with("| B")) {
        let cells: Vec<&str> = row.split(" | ").collect();
        let mistake = cells[0].trim_start_matches("| B");
        let prefix = if mistake.len() == 1 {
            format!("b0{mistake}_")
        } else {
            format!("b{mistake}_")
        };
        let prefix = if mistake == "2b" {
            "b02b_".to_owned()
        } else {
            prefix
        };
        let tests: Vec<&str> = in_backticks(cells[2])
            .filter(|word| word.starts_with(&prefix))
            .collect();
        let excused = cells[2].contains("does not apply because");
        assert!(
            excused || !tests.is_empty(),
            "B{mistake} has neither a test nor a reason"
        );
        listed.extend(tests.into_iter().map(str::to_owned));
        mistakes.insert(mistake.to_owned());
    }
    for number in 1..=31 {
        assert!(
            mistakes.contains(&number.to_string()),
            "B{number} is not on the page"
        );
    }
    assert_eq!(listed, tests_of_mistakes());
}
