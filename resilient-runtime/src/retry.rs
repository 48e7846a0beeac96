//! Retry: when to repeat a call, after how long, and who pays for it.
//!
//! Goes in: the numbers of `#[retry(..)]`. Comes out: the delay before a repeat ([`Backoff`], [`server_delay`]) and
//! whether it may be sent ([`Budget`]). Refuses: delays past their cap, repeats nobody earned.
//! Which failures are repeated at all, the effect of the call decides.

mod backoff;
pub mod budget;

pub use self::backoff::{Backoff, Jitter, Kind, MAX_SERVER_DELAY, ServerDelay, server_delay};
pub use self::budget::Budget;

#[doc(hidden)]
pub const RECEIPT: crate::__private::Receipt = ();
