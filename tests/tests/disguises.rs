//! A payment in disguise is refused wherever it would be sent twice: as a provider, a fallback, a hook, a question, behind a
//! hedge. Each try is one line of `disguises/refused.rs`; an error that is missing is a hole, one elsewhere a false alarm.
//!
//! What really cannot be seen stands in `checker_holes.rs`.

use std::collections::BTreeSet;

use resilient_tests::rustc::Libraries;

#[test]
fn every_payment_in_disguise_is_refused_on_its_own_line_and_nothing_else_is() {
    let source = include_str!("../disguises/refused.rs");
    let refused = source.lines().zip(1_u64..);
    let refused = refused.filter(|(line, _)| line.ends_with("// refused"));
    let refused: BTreeSet<u64> = refused.map(|(_, at)| at).collect();
    assert!(refused.len() >= 40, "the file has lost its marks");
    let found = Libraries::of_test("disguises").check("disguises", source, "2024", &[]);
    let errors = found.iter().filter(|found| found.error && found.at.0 > 0);
    let errors: BTreeSet<u64> = errors.map(|found| found.at.0).collect();
    let holes: Vec<_> = refused.difference(&errors).collect();
    let alarms: Vec<_> = errors.difference(&refused).collect();
    assert!(
        holes.is_empty() && alarms.is_empty(),
        "compiles: {holes:?}; refused elsewhere: {alarms:?}; {found:#?}"
    );
}
