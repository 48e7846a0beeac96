//! Retry: when to repeat a call, after how long, and who pays for it.
//!
//! Goes in: the numbers of `#[retry(..)]`. Comes out: the delay before a repeat ([`Backoff`], [`server_delay`]) and
//! whether it may be sent ([`Budget`]). Refuses: delays past their cap, repeats nobody earned.
//! The attribute's page, [`retry`](macro@crate::retry), holds the options; this module the pieces, for looking at
//! them and for use by hand.
//!
//! # What decides
//!
//! After a failed attempt these questions are asked, in this order. The first "no" ends the loop and returns the error.
//!
//! 1. Was the attempt made? A refusal by a policy is none, and is never repeated.
//! 2. May this failure be repeated for this effect? See the table at [`Failure`](crate::Failure).
//! 3. Does `when(..)` agree?
//! 4. Is an attempt left?
//! 5. Has no non-idempotent call begun, as far as the guard saw?
//! 6. Does the delay leave enough of the total time for another attempt?
//! 7. After the delay: does the budget pay for it?
//!
//! # Three bounds
//!
//! `attempts` bounds one call, the total time bounds its caller's patience, the budget bounds what all callers do to the service
//! together. The last is the one that matters in an outage: three attempts each are three times the load.
//!
//! ```
//! use std::time::Duration;
//! use resilient_runtime::retry::{Backoff, ServerDelay, server_delay};
//!
//! const BACKOFF: Backoff = Backoff::exponential(Duration::from_millis(100));
//! let ceilings = [0, 1, 2, 3, 4, 5].map(|n| BACKOFF.ceiling(n).as_millis());
//! assert_eq!(ceilings, [100, 200, 400, 800, 1_600, 2_000]);
//!
//! // the service said "again after 1 s": a lower bound, with the ordinary delay on top
//! let (asked, ordinary) = (Duration::from_secs(1), Duration::from_millis(70));
//! let most = Duration::from_secs(30);
//! assert_eq!(server_delay(asked, ordinary, most, None), ServerDelay::Wait(asked + ordinary));
//! ```

mod backoff;
pub mod budget;

pub use self::backoff::{Backoff, Jitter, Kind, MAX_SERVER_DELAY, ServerDelay, server_delay};
pub use self::budget::Budget;

#[doc(hidden)]
pub const ATTRIBUTE_OF_RESILIENT_RUNTIME: crate::__private::Receipt = ();
