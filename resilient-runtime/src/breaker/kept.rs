//! The breaker as a state that scopes keep: made, given other numbers, listed, reset, forgotten.

use std::time::Duration;

use crate::clock::Stamp;
use crate::config::Value;
use crate::registry::Live;
use crate::shared::State;
use crate::stripes::Stripes;
use crate::sync::Ordering::Relaxed;
use crate::sync::{AtomicU64, Mutex, PoisonError};

use super::session::Inner;
use super::settings::Settings;
use super::shell::{Core, NEVER_SLOW};
use super::state::Machine;

fn slow_nanos(settings: &Settings) -> u64 {
    let nanos = |slow: Duration| u64::try_from(slow.as_nanos()).unwrap_or(NEVER_SLOW);
    settings.slow.map_or(NEVER_SLOW, nanos)
}

impl State for Core {
    type Settings = Settings;
    const POLICY: &'static str = "breaker";

    fn new(settings: Settings) -> Self {
        let inner = Inner {
            machine: Machine::new(settings),
            tag: 0,
            transitions: 0,
            owed: None,
        };
        let core = Self {
            state: AtomicU64::new(0),
            parked: AtomicU64::new(0),
            stripes: Stripes::none(),
            from: AtomicU64::new(0),
            until: AtomicU64::new(0),
            slow: AtomicU64::new(slow_nanos(&settings)),
            rejected: AtomicU64::new(0),
            inner: Mutex::new(inner),
        };
        drop(core.session());
        core
    }

    fn settings(&self) -> Settings {
        self.inner
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .machine
            .settings
    }

    fn configure(&self, settings: Settings) {
        let mut session = self.session();
        session.inner.machine.configure(settings);
        self.slow.store(slow_nanos(&settings), Relaxed);
    }

    fn stricter(one: Settings, other: Settings) -> Settings {
        Settings::stricter(one, other)
    }

    /// Calls in flight are not counted; a call's [`super::Ticket`] holds the state by reference, and so
    /// keeps it alive.
    fn is_idle(&self, now: Stamp) -> bool {
        self.session().inner.machine.is_idle(now)
    }

    /// The transition, if any, is reported by the next call.
    fn reset(&self, now: Stamp) {
        let mut session = self.session();
        let transition = session.inner.machine.reset(now);
        session.owe(transition);
        session.inner.transitions = 0;
        self.rejected.store(0, Relaxed);
    }

    fn live(&self, now: Stamp) -> Live {
        Live::Breaker(self.snapshot(now))
    }

    fn tune(settings: &mut Settings, name: &str, value: Value) {
        match (name, value) {
            ("failure_rate", Value::Share(rate)) => settings.failure_rate = Some(rate),
            ("min_calls", Value::Count(calls)) => settings.min_calls = calls,
            ("window", Value::Window(window)) => settings.window = window,
            ("consecutive", Value::Count(outcomes)) => settings.consecutive = Some(outcomes),
            ("slow", Value::Time(slow)) => settings.slow = Some(slow),
            ("slow_rate", Value::Share(rate)) => settings.slow_rate = rate,
            ("open", Value::Time(open)) => settings.open = open,
            ("max_open", Value::Time(longest)) => settings.max_open = Some(longest),
            ("probes", Value::Count(probes)) => settings.probes = probes,
            _ => {}
        }
    }

    fn validate(settings: &Settings) -> Result<(), String> {
        settings.validate()
    }

    fn another(&self, now: Stamp) -> Self {
        let (settings, forced) = {
            let session = self.session();
            (
                session.inner.machine.settings,
                session.inner.machine.forced(),
            )
        };
        let core = Self::new(settings);
        if let Some(forced) = forced {
            let mut session = core.session();
            // Not a transition: it was so from its first moment on.
            session.inner.machine.force(forced, now);
        }
        core
    }
}
