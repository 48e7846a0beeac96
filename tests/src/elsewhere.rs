//! Another crate, as the UI cases see it: its effects are known from its types alone.

use std::io;

use resilient_runtime::non_idempotent;

/// A payment.
///
/// # Errors
///
/// Never.
#[non_idempotent]
pub async fn charge(cents: u64) -> io::Result<u64> {
    Ok(cents)
}
