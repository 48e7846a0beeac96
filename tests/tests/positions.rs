//! Ordinary mistakes in annotated functions: rustc reports them at the line and column where it reports them in the
//! same function without attributes.
//!
//! The folder `mistakes` holds one module for each mistake. `#[form]` stands for the attributes; each file is checked
//! once for each form.

use std::collections::{BTreeMap, BTreeSet};

use resilient_tests::rustc::{Finding, Libraries};

/// What `#[form]` becomes. One line each, so that every line keeps its number.
const FORMS: &[(&str, &str)] = &[
    ("declared", "#[idempotent]"),
    ("written", "#[non_idempotent]"),
    ("retried", "#[retry(idempotent)]"),
    (
        "limited",
        "#[idempotent] #[timeout(\"1s\")] #[breaker] #[bulkhead(4)]",
    ),
    (
        "with_everything",
        "#[retry(idempotent)] #[timeout(total = \"2s\", attempt = \"1s\")] #[breaker] #[bulkhead(4)]",
    ),
];

/// Forms in which the body stands in a loop.
const LOOPS: &[&str] = &["retried", "with_everything"];

/// Mistakes that show elsewhere, for a reason: module, forms, reason.
const ELSEWHERE: &[(&str, &[&str], &str)] = &[
    (
        "recursion_without_a_box",
        LOOPS,
        "a retry inside a retry is said first, at the call",
    ),
    (
        "recursion_of_a_public_function",
        LOOPS,
        "a retry inside a retry is said first, at the call",
    ),
    (
        "recursion_of_a_method",
        LOOPS,
        "a retry inside a retry is said first, at the call",
    ),
    (
        "too_short_a_lifetime",
        LOOPS,
        "at the function: the loop's block is of another type than the function's",
    ),
    (
        "lifetime_of_a_method",
        ALL,
        "at the function: an elided lifetime cannot be named in the body",
    ),
    (
        "wrong_item_of_an_iterator",
        ALL,
        "at the start of the result's type instead of the `impl` in it",
    ),
    (
        "no_iterator",
        ALL,
        "at the start of the result's type instead of the `impl` in it",
    ),
];
const ALL: &[&str] = &[
    "declared",
    "written",
    "retried",
    "limited",
    "with_everything",
];

const PRELUDE: &str = include_str!("../mistakes/prelude.rs");

#[test]
fn ordinary_mistakes_are_reported_where_they_are_in_a_plain_async_fn() {
    let libraries = Libraries::of_test("positions");
    let different: Vec<String> = std::thread::scope(|scope| {
        let files = [
            ("types", include_str!("../mistakes/types.rs"), true),
            ("borrows", include_str!("../mistakes/borrows.rs"), true),
            ("lints", include_str!("../mistakes/lints.rs"), false),
        ];
        let checks: Vec<_> = files
            .into_iter()
            .map(|(file, source, errors)| {
                let libraries = &libraries;
                scope.spawn(move || compare(libraries, file, source, errors))
            })
            .collect();
        checks
            .into_iter()
            .flat_map(|check| check.join().expect("no check panics"))
            .collect()
    });
    assert!(different.is_empty(), "\n{}", different.join("\n"));
}

/// Checks one file in every form against the plain one; one line for each difference.
fn compare(libraries: &Libraries, file: &str, source: &str, errors: bool) -> Vec<String> {
    let source = format!("{}\n{source}", PRELUDE.replace('\n', " "));
    let check = |name: &str, form: &str| {
        let text = source.replace("#[form]", form);
        let found = libraries.check(
            &format!("{file}_{name}"),
            &text,
            "2024",
            &["unused_imports"],
        );
        by_module(
            &text,
            found.into_iter().filter(|finding| finding.error == errors),
        )
    };
    let plain = check("plain", "");
    let mistakes = source.matches("\nmod ").count();
    assert_eq!(
        plain.len(),
        mistakes,
        "every mistake of {file} is one: {:?}",
        plain.keys()
    );
    let mut different = Vec::new();
    for (name, form) in FORMS {
        let annotated = check(name, form);
        let modules: BTreeSet<_> = plain.keys().chain(annotated.keys()).collect();
        for module in modules {
            let elsewhere = ELSEWHERE
                .iter()
                .any(|(known, forms, _)| known == module && forms.contains(name));
            let (expected, found) = (plain.get(module), annotated.get(module));
            let places = |findings: Option<&Vec<Finding>>| -> BTreeSet<(u64, u64)> {
                findings
                    .into_iter()
                    .flatten()
                    .map(|finding| finding.at)
                    .collect()
            };
            if (places(expected) == places(found)) == elsewhere {
                different.push(format!(
                    "{module}, {name}: plain {expected:?}, annotated {found:?}"
                ));
            }
        }
    }
    different
}

/// Findings by the module they stand in.
fn by_module(
    text: &str,
    findings: impl Iterator<Item = Finding>,
) -> BTreeMap<String, Vec<Finding>> {
    let mut modules = BTreeMap::new();
    for finding in findings {
        let line = usize::try_from(finding.at.0).expect("a line number");
        let heads = text
            .lines()
            .take(line)
            .filter_map(|line| line.strip_prefix("mod "));
        let module = heads
            .last()
            .unwrap_or("none")
            .trim_end_matches(" {")
            .to_owned();
        modules.entry(module).or_insert_with(Vec::new).push(finding);
    }
    modules
}
