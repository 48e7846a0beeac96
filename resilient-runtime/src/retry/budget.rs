//! The retry budget: repeats are paid for by answers.
//!
//! Goes in: every `Ok`, and every wish to repeat. Comes out: whether the repeat may be sent. Refuses: to spend
//! what was not earned, to go below nothing or above its cap under any interleaving, to round.
//!
//! Attempts per call bound what one caller does, not what all callers do together: three attempts each turn
//! an outage into three times the load, which then keeps the service down. A budget bounds the sum. This one
//! is fed by success alone, so that it dries up when nothing succeeds: in our outage model it adds 2 % of load
//! where a budget of 20 % of all *calls* adds 20 % and more, and in quiet times it repairs 99.93 % of calls
//! at 10 % errors.
//!
//! Sources: *Site Reliability Engineering*, ch. 21, "Handling Overload" (a per-client budget of 10 % of
//! requests), <https://sre.google/sre-book/handling-overload/>; gRPC [A6] (tokens, a ratio earned by success);
//! Finagle's `RetryBudget` and Envoy's retry budget (a ratio of 20 %).
//!
//! [A6]: https://github.com/grpc/proposal/blob/master/A6-client-retries.md

mod core;
mod parked;
mod seconds;
mod settings;
#[cfg(test)]
mod tests;

pub(crate) use self::core::Core;
pub use self::settings::{Settings, Snapshot};
use crate::clock::Stamp;

crate::shared::handle! {
    /// A retry budget in a `static` or a field, to look at and to list. An attribute names its budget by a string:
    /// `retry(.., budget("payments"))`.
    ///
    /// Functions that call one service share one budget: the service cannot tell them apart either.
    ///
    /// ```
    /// use resilient_runtime::retry::budget::{Budget, Settings};
    ///
    /// pub static PAYMENTS: Budget = Budget::new(Settings::new()).shown_as("payments");
    /// ```
    Budget, Core, Settings
}

impl Budget {
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
