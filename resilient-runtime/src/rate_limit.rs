//! Rate limit: at most so many calls in a span of time, with a short and fair queue before them.
//!
//! Goes in: a call that wants to start. Comes out: leave to go on, a place in the queue with the instant it
//! is due, or "come back in so long". Refuses: to let anybody wait in vain, and to let anybody overtake.
//!
//! A bulkhead limits how many calls are in flight, a rate limit how many start: the first keeps a slow
//! service from collecting callers, the second keeps to what a partner has allowed.
//!
//! The bucket is governor's (GCRA, one atomic word) behind our clock. The queue is ours: governor's own wait
//! has neither order nor end, and its own clock cannot be paused.

mod bucket;
mod core;
mod kept;
mod rate;
mod settings;
#[cfg(test)]
mod tests;
mod token;

pub(crate) use self::core::Core;
pub use self::rate::{Rate, RateError};
pub use self::settings::{Settings, Snapshot};
pub(crate) use self::token::{Entry, Token, Waiting};

use crate::clock::Stamp;

crate::shared::handle! {
    /// A rate limit in a `static` or a field: `#[rate_limit(PAYMENTS)]`, `#[rate_limit(self.rate_limit)]`.
    ///
    /// ```
    /// use resilient_runtime::rate_limit::{Rate, RateLimit, Settings};
    ///
    /// pub static PAYMENTS: RateLimit =
    ///     RateLimit::new(Settings::new(Rate::per_second(100)).burst(20)).shown_as("payments");
    ///
    /// struct Client {
    ///     rate_limit: RateLimit, // every client its own
    /// }
    /// # let _client = Client { rate_limit: RateLimit::new(Settings::new(Rate::per_second(100))) };
    /// ```
    RateLimit, Core, Settings
}

impl RateLimit {
    /// What this `static` shows in the current scope. (Of a field: [`own_snapshot`](Self::own_snapshot).)
    #[must_use]
    pub fn snapshot(&'static self) -> Snapshot {
        self.0.get().snapshot(Stamp::now())
    }

    /// What this field of a client shows; its state is the same in every scope.
    #[must_use]
    pub fn own_snapshot(&self) -> Snapshot {
        self.0.own().get().snapshot(Stamp::now())
    }
}

#[doc(hidden)]
pub const ATTRIBUTE_OF_RESILIENT_RUNTIME: crate::__private::Receipt = ();
