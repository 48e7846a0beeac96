//! The breaker's state over time: in, the events of the process; out, every change with its moment.

use std::sync::{Arc, Mutex, PoisonError};

use resilient_runtime::Scope;
use resilient_runtime::breaker::Phase;
use resilient_runtime::event::Event;
use tokio::time::Instant;

use super::recording::BreakerState;

/// Notes what the only breaker of the process does, from now on and for as long as the process lives.
pub struct BreakerWatch(Arc<Mutex<Vec<(Instant, BreakerState)>>>);

impl BreakerWatch {
    /// Begins to watch a breaker that has not been called yet, and is closed therefore.
    #[must_use]
    pub fn start() -> Self {
        let changes = Arc::new(Mutex::new(vec![(Instant::now(), BreakerState::Closed)]));
        let noted = Arc::clone(&changes);
        Scope::process().observe(move |event| {
            if let Event::BreakerTransition { to, .. } = event {
                let mut noted = noted.lock().unwrap_or_else(PoisonError::into_inner);
                noted.push((Instant::now(), state(*to)));
            }
        });
        Self(changes)
    }

    /// The state now.
    #[must_use]
    pub fn now(&self) -> Option<BreakerState> {
        self.changes().last().map(|&(_, state)| state)
    }

    /// Every change so far, in order.
    #[must_use]
    pub fn changes(&self) -> Vec<(Instant, BreakerState)> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

const fn state(phase: Phase) -> BreakerState {
    match phase {
        Phase::Open | Phase::ForcedOpen => BreakerState::Open,
        Phase::HalfOpen => BreakerState::HalfOpen,
        Phase::Closed | Phase::ForcedClosed | Phase::Disabled | Phase::MetricsOnly => {
            BreakerState::Closed
        }
    }
}
