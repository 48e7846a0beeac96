//! Hedge: when a call takes unusually long, the same call once more beside it; the first answer counts.
//!
//! Goes in: the numbers of `#[hedge(..)]` and how long first attempts take. Comes out: how long to wait before the
//! service is asked again. Refuses: to guess from too few calls, to wait less than 1 ms. The attribute's page,
//! [`hedge`](macro@crate::hedge), says what a hedge costs and when there is none.
//!
//! The idea, and that a percentile bounds its cost: J. Dean, L. A. Barroso, *The Tail at Scale*, CACM 56(2), 2013:
//! deferring the second request past the 95th percentile "limits the additional load to approximately 5 %".

mod core;
mod latencies;
#[cfg(test)]
mod properties;
mod settings;
#[cfg(test)]
mod tests;

pub(crate) use self::core::Core;
pub use self::settings::{After, Settings, Snapshot};

crate::shared::handle! {
    /// The hedge of one function: how long its first attempts take, and what came of asking again.
    ///
    /// ```
    /// use resilient_runtime::hedge::{Hedge, Settings};
    /// use resilient_runtime::breaker::Ratio;
    ///
    /// pub static SEARCH: Hedge = Hedge::new(Settings::percentile(Ratio::percent(95))).shown_as("search");
    /// ```
    Hedge, Core, Settings
}

impl Hedge {
    /// For generated code: the hedge of a function that calls this dependency.
    #[doc(hidden)]
    #[must_use]
    pub const fn unnamed_of(
        dependency: &'static str,
        settings: Settings,
        place: crate::shared::Place,
    ) -> Self {
        Self(crate::shared::Shared::unnamed_of(
            dependency, settings, place,
        ))
    }

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
