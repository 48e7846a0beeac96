//! Whatever is written into an attribute, it is read as the run time reads it, and nothing makes the macro panic.
//!
//! Properties of values stand with them, in `value/properties.rs`; those of whole attributes are in `mangled.rs`.

#[path = "../../tests/properties/common.rs"]
mod common;

pub(crate) use common::{cases, refuted, slipped};

use proptest::collection::vec;
use proptest::prelude::*;

use crate::suggest::closest;

const NAMES: &[&str] = &["attempts", "backoff", "max_server_delay", "größe", "a"];

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn what_was_meant_is_a_known_word_near_the_one_that_was_written(
        name in slipped(NAMES), others in vec(slipped(NAMES), 0..6),
    ) {
        let known: Vec<&str> = others.iter().map(String::as_str).collect();
        let letters = name.chars().count();
        if let Some(meant) = closest(&name, &known) {
            prop_assert!(known.contains(&meant));
            prop_assert!(meant.chars().count().abs_diff(letters) <= (letters / 3).max(1));
        }
        prop_assert_eq!(closest(&name, &[&name]), Some(name.as_str()));
    }
}
