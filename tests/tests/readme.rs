//! The README against the compiler: the refusal it shows is the one that rustc prints.
//!
//! The UI test beside it compiles `ui/readme/fail`; here the README is held against that file and its output.

const README: &str = include_str!("../../README.md");
const SOURCE: &str = include_str!("../ui/readme/fail/non_idempotent_call_inside_retry.rs");
const STDERR: &str = include_str!("../ui/readme/fail/non_idempotent_call_inside_retry.stderr");

/// The lines between this fence and the next.
fn block(fence: &str) -> Vec<&'static str> {
    let mut lines = README.lines().skip_while(|line| *line != fence).skip(1);
    let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
    assert!(!block.is_empty(), "the README has no block {fence}");
    block
}

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
