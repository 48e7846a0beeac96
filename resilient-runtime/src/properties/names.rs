//! "Did you mean": no name makes it panic, and what it says is a name that there is.

use proptest::collection::vec;
use proptest::prelude::*;

use super::{cases, slipped};
use crate::registry::closest::closest;

const NAMES: &[&str] = &[
    "shop/payments",
    "shop/mail",
    "shop::stock::reserve@12",
    "failure_rate",
    "größe",
    "a",
];

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn what_was_meant_is_a_known_name_near_the_one_that_was_written(
        name in slipped(NAMES), others in vec(slipped(NAMES), 0..6),
    ) {
        let known: Vec<&str> = others.iter().map(String::as_str).collect();
        if let Some(meant) = closest(&name, &known) {
            prop_assert!(known.contains(&meant));
            let longer = meant.chars().count().abs_diff(name.chars().count());
            prop_assert!(meant.ends_with(&name) || longer * 3 <= meant.chars().count());
        }
    }

    #[test]
    fn a_known_name_is_meant_by_itself_and_by_all_but_one_of_its_letters(name in "[a-z]{3,20}", lost in any::<prop::sample::Index>()) {
        prop_assert_eq!(closest(&name, &[&name]), Some(name.as_str()));
        let mut slip = name.clone();
        slip.remove(lost.index(name.len()));
        prop_assert_eq!(closest(&slip, &[&name]), Some(name.as_str()));
    }
}
