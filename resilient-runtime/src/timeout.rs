//! Time limits: how `#[timeout]` acts.
//!
//! Goes in: the times of the attribute, and the time the caller has left. Comes out: the instant at which a body has to end.
//! Refuses: to start what could not end in time. The attribute's page, [`timeout`](macro@crate::timeout), holds the options.
//!
//! `total` bounds the whole call, queues and backoff included; `attempt` bounds one attempt's body. The
//! timer is armed when the body is first pending, so a body that never yields cannot be cut off: it holds
//! its thread, and no timer can run. Dropping a call drops its timer.
//!
//! What was cut off after its body had been polled may still be carried out: the [`Rejected`](crate::Rejected)
//! it returns is a [`Failure::Unknown`](crate::Failure::Unknown), never "failed".
//!
//! # Nested calls
//!
//! Nested annotated calls inherit the time that is left and never outlive it, however long their own limits are:
//!
//! ```
//! # #[cfg(feature = "testing")] {
//! use std::time::Duration;
//! use resilient_runtime::{Rejected, read_only, testing, timeout};
//!
//! #[read_only]
//! #[timeout("1h")]
//! async fn rate() -> Result<f64, Rejected> {
//!     std::future::pending().await
//! }
//!
//! #[read_only]
//! #[timeout("2s")]
//! async fn price() -> Result<f64, Rejected> {
//!     rate().await
//! }
//!
//! testing::run(async {
//!     let start = tokio::time::Instant::now();
//!     assert!(price().await.unwrap_err().call().ends_with("price"));
//!     assert_eq!(start.elapsed(), Duration::from_secs(2));
//! });
//! # }
//! ```
//!
//! The time left travels with the poll, not with the task: a call inside `tokio::spawn` starts afresh.

#[doc(hidden)]
pub const ATTRIBUTE_OF_RESILIENT_RUNTIME: crate::__private::Receipt = ();
