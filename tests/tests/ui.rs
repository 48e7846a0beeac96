//! Every refusal of the attributes, with its whole text: `ui/<attribute>/fail/<rule>.rs` beside its `.stderr`.
//!
//! One case: `cargo test -p resilient-tests --test ui -- trybuild=<rule>`. After a change that is meant:
//! `TRYBUILD=overwrite` in front, and read the difference as a user would.

#[test]
fn every_refusal_says_what_is_wrong_what_it_would_do_and_what_to_write() {
    trybuild::TestCases::new().compile_fail("ui/*/fail/*.rs");
}
