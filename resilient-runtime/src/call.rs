//! The driver of annotated calls: what generated code hands its body to.
//!
//! In: a [`Site`] (the plan and name of one annotated function), gates, and the body's future. Out: the
//! function's answer, or an answer made of a [`Rejected`](crate::Rejected). Everything the user's future is
//! handed to is a struct that polls it in place: no `async fn` takes it by value, so it is stored once.
//!
//! ```text
//! once:   Once   { Run, Attempt { gates -> body under a timer } }
//! layers: Attempt { gates -> body under a timer }; Run::end
//! retry:  loop { Attempt { gates -> body under a timer }; Run::settle -> Break | Continue(delay); Run::backoff }
//! hedge:  in the place of the Attempt: Lanes { Attempt, Attempt .. }, the first answer
//! then:   Run::fails_over -> StandIn { another provider, under the total }; Run::take_over
//!         Run::falls_back -> fallback; Run::fell_back
//! ```

mod answer;
mod attempt;
mod backoff;
mod bare;
pub mod by_hand;
mod carried;
mod detached;
mod fall_back;
mod follow;
mod gate;
mod heard;
mod holding;
mod inside;
mod key;
mod lanes;
mod once;
mod open;
mod replay;
mod resolve;
mod run;
#[cfg(all(test, resilient_schedules))]
mod schedules;
mod script;
mod settle;
mod site;
mod stand_in;
mod tune;
mod unread;
mod watch;
mod within;

pub use answer::{Answer, Verdict, absorb, absorb_with, judge, judge_with};
pub use attempt::attempt;
pub use bare::bare;
pub use carried::{Carried, Uncarried};
pub use detached::detached;
pub use fall_back::{AtOnce, Fallback};
pub use gate::{
    Absent, BreakerFixed, BreakerGate, BulkheadFixed, BulkheadGate, Gates, RateLimitFixed,
    RateLimitGate, key_hash,
};
pub(crate) use holding::Holding;
pub use key::{IdempotencyKey, idempotency_key};
pub use once::once;
pub use replay::{Moved, Replay};
pub use resolve::{Remedy, resolve, resolve_last};
pub use settle::Kept;
pub use site::{Hedged, Plan, Retry, Site};
pub use stand_in::{never_cut_off, stand_in};
pub use unread::{MayBeUnread, Unread};
pub use watch::Watch;
pub use within::within;
