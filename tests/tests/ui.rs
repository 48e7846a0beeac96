//! Every refusal of the attributes, with its whole text.

#[test]
fn every_refusal_says_what_is_wrong_what_it_would_do_and_what_to_write() {
    trybuild::TestCases::new().compile_fail("ui/*/fail/*.rs");
}
