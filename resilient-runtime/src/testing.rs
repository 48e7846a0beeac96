//! Tests that take no time and share nothing: a paused clock and a scope for each; scripts and records.
//!
//! In: the future of a test. Out: what it returns. Refuses to start inside another runtime.
//!
//! [`script`] says what a function's attempts meet, [`Recorder`] writes down what became of it, [`breaker()`], [`bulkhead()`] and
//! [`budget()`] show the states. How to use them together is on
//! [the page about testing](https://github.com/resilient-rs/resilient/blob/main/docs/testing.md).

mod look;
mod names;
mod recorder;
mod script;
pub(crate) mod stage;

use std::future::Future;

pub use look::{breaker, budget, bulkhead};
pub use recorder::Recorder;
pub use script::{Script, drop_mid_flight, script};

use crate::scope::Scope;

/// Runs a future on a runtime of its own with a paused clock, in a [`Scope`] of its own; what
/// `#[resilient_runtime::test]` does.
///
/// The runtime has one thread, this one, so tasks that the future spawns run in the scope as well. When
/// nothing is left to do the clock jumps to the next timer. It does so also while a real socket keeps the test
/// waiting: give such tests limits that do not matter, or `tokio::time::resume()`.
///
/// ```
/// use std::time::Duration;
/// use resilient_runtime::testing;
///
/// let started = std::time::Instant::now();
/// testing::run(async { tokio::time::sleep(Duration::from_secs(3_600)).await });
/// assert!(started.elapsed() < Duration::from_secs(60));
/// ```
///
/// # Panics
///
/// When the future does, and when called from within a runtime.
pub fn run<F: Future>(future: F) -> F::Output {
    // The thread is ours until the runtime is gone, so the scope holds for all that runs on it, and for
    // the tasks that are dropped with it.
    Scope::new().within(|| {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        let runtime = builder.enable_all().start_paused(true).build();
        runtime
            .expect("a thread may always have a runtime")
            .block_on(future)
    })
}

#[cfg(test)]
mod tests;
