//! Time limits: how `#[timeout]` acts.
//!
//! `total` bounds the whole call, queues and backoff included; `attempt` bounds one attempt's body. The
//! timer is armed when the body is first pending, so a body that never yields cannot be cut off: it holds
//! its thread, and no timer can run. Dropping a call drops its timer.
//!
//! What was cut off after its body had been polled may still be carried out: the [`Rejected`](crate::Rejected)
//! it returns is a [`Failure::Unknown`](crate::Failure::Unknown), never "failed".
//!
//! Nested annotated calls inherit the time that is left and never outlive it.

#[doc(hidden)]
pub const RECEIPT: crate::__private::Receipt = ();
