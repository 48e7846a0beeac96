//! Bulkhead: at most so many calls at a time, and a short, bounded, fair queue before them.
//!
//! Goes in: a call that wants to start. Comes out: a permit that it gives back when it ends, however it
//! ends, or a place in the queue, or "full". Refuses: a limit of zero, a queue without a wait, overtaking.
//!
//! A service that has become slow is not to collect callers without end: each of them holds memory, a
//! connection, and in the end a thread of the pool that the rest of the process needs too. (The name and
//! the idea: M. Nygard, *Release It!*, "Bulkheads".)

mod adapt;
mod core;
mod kept;
mod permit;
mod settings;
mod spare;
#[cfg(test)]
mod tests;
mod word;

pub(crate) use self::adapt::{Change, Load};
pub(crate) use self::core::Core;
pub(crate) use self::permit::{Entry, Permit, Waiting};
pub use self::settings::{Adaptive, Settings, Snapshot};

crate::shared::handle! {
    /// A bulkhead in a `static` or a field: `#[bulkhead(PAYMENTS)]`, `#[bulkhead(self.bulkhead)]`.
    ///
    /// ```
    /// use resilient_runtime::bulkhead::{Bulkhead, Settings};
    ///
    /// pub static PAYMENTS: Bulkhead = Bulkhead::new(Settings::new(10)).shown_as("payments");
    ///
    /// struct Client {
    ///     bulkhead: Bulkhead, // every client its own
    /// }
    /// # let _client = Client { bulkhead: Bulkhead::new(Settings::new(10)) };
    /// ```
    Bulkhead, Core, Settings
}

impl Bulkhead {
    /// What this `static` shows in the current scope. (Of a field: [`own_snapshot`](Self::own_snapshot).)
    #[must_use]
    pub fn snapshot(&'static self) -> Snapshot {
        self.0.get().snapshot()
    }

    /// What this field of a client shows; its state is the same in every scope.
    #[must_use]
    pub fn own_snapshot(&self) -> Snapshot {
        self.0.own().get().snapshot()
    }
}

#[doc(hidden)]
pub const ATTRIBUTE_OF_RESILIENT_RUNTIME: crate::__private::Receipt = ();
