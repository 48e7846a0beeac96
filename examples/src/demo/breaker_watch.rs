//! The breaker's state over time: in, a way to ask for it; out, when it was first seen to be what it is.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::recording::BreakerState;

const EVERY: Duration = Duration::from_millis(100);

type Seen = Arc<Mutex<Vec<(Instant, BreakerState)>>>;

/// Asks ten times a second and notes changes, until dropped. What opens and closes in between is not seen.
pub struct BreakerWatch {
    seen: Seen,
    task: JoinHandle<()>,
}

impl BreakerWatch {
    /// Watches with `ask`, which has no answer until the breaker has been called.
    #[must_use]
    pub fn start(ask: impl Fn() -> Option<BreakerState> + Send + 'static) -> Self {
        let seen = Seen::default();
        let noted = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            let mut ticks = interval(EVERY);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                let now = ticks.tick().await;
                let Some(state) = ask() else { continue };
                let mut seen = noted.lock().unwrap_or_else(PoisonError::into_inner);
                if seen.last().is_none_or(|&(_, last)| last != state) {
                    seen.push((now, state));
                }
            }
        });
        Self { seen, task }
    }

    /// The state last seen.
    #[must_use]
    pub fn now(&self) -> Option<BreakerState> {
        self.changes().last().map(|&(_, state)| state)
    }

    /// Every change seen, in order.
    #[must_use]
    pub fn changes(&self) -> Vec<(Instant, BreakerState)> {
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Drop for BreakerWatch {
    fn drop(&mut self) {
        self.task.abort();
    }
}
