//! The guard: what the effect checker cannot see, the run time stops.
//!
//! Once an attempt has started a non-idempotent call whose outcome is not "not sent", the retry around it
//! does not repeat, however deep the call was hidden.

mod hidden;
mod lanes;
mod multiplied;
mod outcomes;
mod parts;
mod repeats;
mod swallowed;
mod tasks;

use resilient_runtime::non_idempotent;
use resilient_tests::service::{Error, Service};

/// The payment.
#[non_idempotent]
async fn charge(service: &Service) -> Result<u32, Error> {
    service.call().await
}
