//! (being written)

mod backoff;
pub mod budget;

pub use self::backoff::{Backoff, Jitter, Kind, MAX_SERVER_DELAY, ServerDelay, server_delay};

#[doc(hidden)]
pub const RECEIPT: crate::__private::Receipt = ();
