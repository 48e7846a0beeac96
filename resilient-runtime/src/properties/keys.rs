//! Idempotency keys: what is a header's value passes as it is, everything else as a stable hash, line breaks never.

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use super::{cases, refuted, slipped};
use crate::IdempotencyKey;

const KEYS: &[&str] = &[
    "order-17",
    "a b",
    "größe",
    "",
    "a\r\nX-Admin: 1",
    "~!",
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef01\
     23456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123\
     456789abcdef0123456789abcde",
];

/// Visible ASCII (RFC 9110's VCHAR) of up to 255 bytes, as a regular expression would say it.
fn is_a_value(text: &str) -> bool {
    (1..=255).contains(&text.chars().count()) && text.chars().all(|c| ('!'..='~').contains(&c))
}

fn is_safe(text: &str, key: &str) -> TestCaseResult {
    prop_assert!(is_a_value(key), "no header takes {:?}", key);
    if is_a_value(text) {
        prop_assert_eq!(key, text);
    } else {
        let digits = key.strip_prefix("h-").unwrap_or_default();
        prop_assert!(
            digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{}",
            key
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn a_key_passes_as_it_is_or_as_a_hash_and_twice_the_same(text in slipped(KEYS)) {
        let key = IdempotencyKey::of(&text);
        is_safe(&text, key.as_str())?;
        prop_assert_eq!(&key, &IdempotencyKey::of(&text));
        prop_assert_eq!(key.to_string(), key.as_str());
    }

    #[test]
    fn two_texts_that_are_no_values_have_two_hashes(one in slipped(KEYS), other in slipped(KEYS)) {
        prop_assume!(one != other);
        prop_assert_ne!(IdempotencyKey::of(&one), IdempotencyKey::of(&other));
    }
}

#[test]
fn a_key_that_only_loses_its_ends_is_refuted() {
    refuted(&slipped(KEYS), |text| is_safe(&text, text.trim()));
}
