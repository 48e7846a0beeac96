//! Idempotency keys: one per logical call, the same for every attempt, readable while the body runs.

use std::fmt::{self, Display};
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use crate::context;

/// A key under which a service deduplicates repetitions of one logical call.
///
/// As a header value it is visible ASCII of at most 255 bytes; a key that is not (or is empty) is replaced
/// by a stable hash of itself, so that line breaks never reach a header.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(pub(super) Arc<str>);

/// RFC 9110 sets no limit; 255 is what payment providers document and what fits a database column.
const LONGEST: usize = 255;

impl IdempotencyKey {
    /// The key of an expression over the arguments, as `retry(idempotency_key(order_id))` makes it.
    #[must_use]
    pub fn of(key: &(impl Display + ?Sized)) -> Self {
        let text = key.to_string();
        let fits = !text.is_empty()
            && text.len() <= LONGEST
            && text.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
        Self(if fits {
            text.into()
        } else {
            hashed(&text).into()
        })
    }

    /// A key for one logical call that no other call has: 128 bits, seeded by the operating system once per process.
    #[must_use]
    pub fn generate() -> Self {
        static SEED: OnceLock<RandomState> = OnceLock::new();
        static CALLS: AtomicU64 = AtomicU64::new(0);
        let seed = SEED.get_or_init(RandomState::new);
        let call = CALLS.fetch_add(1, Ordering::Relaxed);
        let (high, low) = (seed.hash_one((call, true)), seed.hash_one((call, false)));
        Self(format!("{high:016x}{low:016x}").into())
    }

    /// The key as a header value.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for IdempotencyKey {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// The key of the annotated call whose body is being polled; none outside of one.
///
/// ```
/// # use resilient_runtime::{Classify, Failure, idempotency_key, retry};
/// # #[derive(Debug)] struct PayError;
/// # impl Classify for PayError { fn failure(&self) -> Failure { Failure::Unknown } }
/// #[retry(idempotency_key)]
/// async fn charge(amount: u32) -> Result<String, PayError> {
///     let key = idempotency_key().expect("the retry around this body makes one");
///     // every attempt of this call sends the same `Idempotency-Key`
///     Ok(format!("{amount} under {key}"))
/// }
/// ```
#[must_use]
pub fn idempotency_key() -> Option<IdempotencyKey> {
    context::key().map(IdempotencyKey)
}

/// FNV-1a over 128 bits: stable across processes and versions, since a service remembers keys for days.
fn hashed(text: &str) -> String {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let hash = text.bytes().fold(OFFSET, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(PRIME)
    });
    format!("h-{hash:032x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_no_header_value_becomes_a_stable_hash() {
        assert_eq!(IdempotencyKey::of("order-17").as_str(), "order-17");
        for bad in [
            "",
            "a\r\nX-Admin: 1",
            "with space",
            "größe",
            &"x".repeat(256),
        ] {
            let key = IdempotencyKey::of(bad);
            assert!(
                key.as_str().starts_with("h-") && key.as_str().len() == 34,
                "{bad:?}"
            );
            assert_eq!(key, IdempotencyKey::of(bad));
        }
        assert_eq!(
            IdempotencyKey::of("a b").as_str(),
            "h-a68d62c6038b5822836dbc79780dff7a"
        );
        assert_eq!(IdempotencyKey::of(&"x".repeat(255)).as_str().len(), 255);
    }

    #[test]
    fn two_generated_keys_differ() {
        assert_ne!(IdempotencyKey::generate(), IdempotencyKey::generate());
        assert_eq!(IdempotencyKey::generate().as_str().len(), 32);
    }
}
