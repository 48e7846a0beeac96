//! Nothing is forgotten: each attribute has its parts, each rule its cases and its section, each text its test.
//!
//! The names are read from the sources, so a new attribute, rule or text is asked for its parts at once.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read what it is about has failed"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, str::FromStr as _};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

const EFFECTS: &[&str] = &["read_only", "idempotent", "non_idempotent"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All files below a folder with this ending.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == ending)
            {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn contents(folder: &str, ending: &str) -> Vec<String> {
    files(folder, ending)
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect()
}

/// What stands between two marks in a file.
fn between(text: &str, from: &str, to: &str) -> String {
    let start = text
        .find(from)
        .unwrap_or_else(|| panic!("there is no {from}"))
        + from.len();
    let end = text[start..]
        .find(to)
        .unwrap_or_else(|| panic!("{from} has no end"));
    text[start..start + end].to_owned()
}

fn attributes() -> Vec<String> {
    let list = between(&read("resilient-macros/src/lib.rs"), "attributes! {", "}");
    list.split_whitespace().map(str::to_owned).collect()
}

/// The rules that look at tokens, by the names of their functions.
fn rules() -> Vec<String> {
    let list = between(
        &read("resilient-macros/src/check.rs"),
        "const RULES:",
        "\n];",
    );
    list.split(|c: char| !c.is_alphanumeric() && !"_:".contains(c))
        .filter_map(|path| Some(path.split_once("::")?.1.to_owned()))
        .collect()
}

/// The names that `allow(..)` takes.
fn allowable() -> Vec<String> {
    let list = between(
        &read("resilient-macros/src/check.rs"),
        "const ALLOWABLE: &[&str] = &[",
        "]",
    );
    list.split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

fn has_cases(folder: &str, kind: &str) -> bool {
    !files(&format!("tests/ui/{folder}/{kind}"), "rs").is_empty()
}

/// Panics with everything that is missing, and not with the first alone.
fn nothing_is_missing(missing: &[String]) {
    assert!(missing.is_empty(), "missing:\n  {}", missing.join("\n  "));
}

#[test]
fn every_attribute_has_its_parts() {
    let examples = contents("examples/src/bin", "rs");
    let exported = read("resilient-runtime/src/lib.rs");
    let snapshots = files("tests/expand", "snap");
    let mut missing = Vec::new();
    for name in attributes() {
        let declares = EFFECTS.contains(&name.as_str());
        let mut ask = |there: bool, what: String| {
            if !there {
                missing.push(what);
            }
        };
        let module = if declares { "effect" } else { name.as_str() };
        for file in [
            format!("resilient-macros/docs/{name}.md"),
            format!("resilient-macros/src/policy/{module}.rs"),
            format!("resilient-runtime/src/{module}.rs"),
        ] {
            ask(root().join(&file).is_file(), file);
        }
        let folder = if declares { "checker" } else { name.as_str() };
        for kind in ["fail", "pass"] {
            ask(
                has_cases(folder, kind),
                format!("a case in tests/ui/{folder}/{kind}"),
            );
        }
        let used = [
            format!("#[{name}]"),
            format!("#[{name}("),
            format!("::{name}("),
        ];
        let shown = examples
            .iter()
            .any(|text| used.iter().any(|used| text.contains(used)));
        ask(shown, format!("an example of `{name}` in examples/src/bin"));
        let expanded = snapshots.iter().any(|path| stem(path).starts_with(&name));
        ask(expanded, format!("an expansion tests/expand/{name}*.snap"));
        let words = exported.split(|c: char| !c.is_alphanumeric() && c != '_');
        ask(
            words.clone().any(|word| word == name),
            format!("`{name}` in resilient-runtime/src/lib.rs"),
        );
    }
    nothing_is_missing(&missing);
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

fn cases(kind: &str) -> BTreeSet<String> {
    let of_kind = |path: &PathBuf| path.parent().is_some_and(|folder| folder.ends_with(kind));
    files("tests/ui", "rs")
        .iter()
        .filter(|path| of_kind(path))
        .map(|path| stem(path))
        .collect()
}

#[test]
fn every_rule_has_a_refused_and_a_right_case_and_a_section() {
    let page = read("docs/rules.md");
    let (fail, pass) = (cases("fail"), cases("pass"));
    let mut missing = Vec::new();
    for rule in rules() {
        if !fail.contains(&rule) {
            missing.push(format!("tests/ui/*/fail/{rule}.rs"));
        }
        if !pass.contains(&rule) {
            missing.push(format!("tests/ui/*/pass/{rule}.rs"));
        }
        if !page.lines().any(|line| line == format!("## {rule}")) {
            missing.push(format!("the section `## {rule}` in docs/rules.md"));
        }
    }
    nothing_is_missing(&missing);
}

#[test]
fn every_way_out_has_a_case_and_is_on_the_page() {
    let page = read("docs/rules.md");
    let passing: String = contents("tests/ui", "rs").concat();
    let mut missing = Vec::new();
    for name in allowable() {
        let way_out = format!("allow({name})");
        if !passing.contains(&way_out) {
            missing.push(format!("a case with `{way_out}`"));
        }
        if !page.contains(&way_out) {
            missing.push(format!("`{way_out}` in docs/rules.md"));
        }
    }
    nothing_is_missing(&missing);
}

#[test]
fn every_case_that_is_refused_has_its_text_and_every_text_its_case() {
    let with = |ending| -> BTreeSet<PathBuf> {
        files("tests/ui", ending)
            .into_iter()
            .filter(|path| path.parent().is_some_and(|folder| folder.ends_with("fail")))
            .map(|path| path.with_extension(""))
            .collect()
    };
    assert_eq!(with("rs"), with("stderr"));
}

/// Runs of white space as one blank: rustc indents the lines of a text.
fn flowed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What rustc prints for all refused cases together.
fn printed() -> String {
    flowed(&contents("tests/ui", "stderr").concat())
}

/// The longest part of a text that does not depend on the case; none when it is too short to find.
fn constant(text: &str) -> Option<String> {
    let text = text.replace("{{", "{").replace("}}", "}");
    let parts = text.split('{').flat_map(|part| match part.split_once('}') {
        Some((_, behind)) => behind.split('\n').collect::<Vec<_>>(),
        None => part.split('\n').collect(),
    });
    let longest = parts.map(flowed).max_by_key(String::len)?;
    (longest.len() >= 12).then_some(longest)
}

/// All string literals at any depth.
fn literals(tokens: TokenStream) -> Vec<String> {
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Group(group) => literals(group.stream()),
            TokenTree::Literal(literal) => {
                let text = syn::parse2::<syn::LitStr>(TokenTree::from(literal).into());
                text.map(|text| text.value()).into_iter().collect()
            }
            _ => Vec::new(),
        })
        .collect()
}

/// The literals in the arguments of `errors.at(..)`, `errors.over(..)` and `on_unimplemented(..)`.
fn texts(tokens: TokenStream) -> Vec<String> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut found = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else {
            continue;
        };
        let said = match index.checked_sub(1).map(|before| &tokens[before]) {
            Some(TokenTree::Ident(word)) if group.delimiter() == Delimiter::Parenthesis => {
                word == "at" || word == "over" || word == "on_unimplemented"
            }
            _ => false,
        };
        if said {
            found.extend(literals(group.stream()));
        } else {
            found.extend(texts(group.stream()));
        }
    }
    found
}

/// A source without its unit tests.
fn source(text: &str) -> TokenStream {
    let text = text
        .split("#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or_default();
    TokenStream::from_str(text).expect("sources are tokens")
}

#[test]
fn every_text_of_a_refusal_is_printed_in_a_case() {
    let printed = printed();
    let mut missing = Vec::new();
    for folder in ["resilient-macros/src", "resilient-runtime/src"] {
        for path in files(folder, "rs") {
            let text = fs::read_to_string(&path).unwrap();
            for part in texts(source(&text))
                .iter()
                .filter_map(|text| constant(text))
            {
                if !printed.contains(&part) {
                    missing.push(format!(
                        "{}: {part}",
                        path.strip_prefix(root()).unwrap().display()
                    ));
                }
            }
        }
    }
    nothing_is_missing(&missing);
}

#[test]
fn every_message_of_a_trait_is_on_the_page_of_the_rules() {
    let page = flowed(&read("docs/rules.md"));
    let mut missing = Vec::new();
    for path in files("resilient-runtime/src", "rs") {
        let text = fs::read_to_string(&path).unwrap();
        for message in text.split("    message = \"").skip(1) {
            let message = message.split('"').next().unwrap_or_default();
            if let Some(part) = constant(message).filter(|part| !page.contains(part.as_str())) {
                missing.push(format!("`{part}` in docs/rules.md"));
            }
        }
    }
    nothing_is_missing(&missing);
}

/// Lines without the ones that say where: those differ from place to place.
fn without_places(text: &str) -> Vec<&str> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("-->"))
        .collect()
}

#[test]
fn the_page_of_the_rules_quotes_what_rustc_prints() {
    let page = read("docs/rules.md");
    let printed = contents("tests/ui", "stderr");
    let quotes: Vec<_> = page.split("```text\n").skip(1).collect();
    assert!(!quotes.is_empty());
    for quote in quotes {
        let quote = without_places(quote.split("\n```").next().unwrap_or_default());
        let stands = |text: &String| {
            without_places(text)
                .windows(quote.len())
                .any(|lines| lines == quote)
        };
        assert!(
            printed.iter().any(stands),
            "no case prints:\n{}",
            quote.join("\n")
        );
    }
}
