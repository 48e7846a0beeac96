//! The pages in `docs/` against the tables of options: no option without a row, no row without an option.

use std::collections::BTreeSet;
use std::path::Path;

use crate::policy::{NAMES, common, options_of};

fn page(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs")
        .join(format!("{name}.md"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The words in backticks of the first column of the table whose head starts with `| option`.
fn rows(page: &str) -> BTreeSet<String> {
    let table = page
        .lines()
        .skip_while(|line| !line.starts_with("| option "))
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    table
        .filter_map(|line| line.split('|').nth(1))
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .map(str::to_owned)
        .collect()
}

fn names(options: &[crate::options::Spec]) -> BTreeSet<String> {
    options.iter().map(|spec| spec.name.to_owned()).collect()
}

#[test]
fn every_option_has_a_row_on_its_attributes_page() {
    for name in NAMES {
        assert_eq!(rows(&page(name)), names(options_of(name)), "docs/{name}.md");
    }
    assert_eq!(rows(&page("common")), names(common::OPTIONS));
}

#[test]
fn every_rule_that_can_be_allowed_is_on_the_page_of_the_common_options() {
    let page = page("common");
    for rule in crate::check::ALLOWABLE {
        assert!(page.contains(&format!("`{rule}`")), "`{rule}`");
    }
}

#[test]
fn every_page_says_what_a_reader_looks_for() {
    for name in NAMES {
        let page = page(name);
        let mut heads = vec![
            "Quick start",
            "Options",
            "What it costs",
            "Pitfalls",
            "Rules",
        ];
        if !options_of(name).is_empty() {
            heads.extend(["Place in the stack", "Errors", "When it is dropped"]);
        }
        for head in heads {
            let found = page.contains(&format!("\n# {head}"));
            assert!(found, "docs/{name}.md has no section `{head}`");
        }
    }
}
