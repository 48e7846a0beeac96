//! What happens when: conditions of the service and the load, by the second.

use std::time::Duration;

use crate::service::{Condition, Reach, WORKERS};

/// One outage.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    /// As it is called in tables.
    pub name: &'static str,
    /// When the fault begins and ends, in seconds.
    pub fault: (u64, u64),
    /// The service during the fault.
    pub condition: Condition,
    /// How much more is asked for during the fault.
    pub load: f64,
    /// Clients, and calls per second of each.
    pub clients: usize,
    /// Calls per second of each client.
    pub rate: f64,
    /// A fault that ends earlier than `fault` says.
    pub cut: Option<Duration>,
}

/// The load of most scenarios: 100 clients that use 80 % of the capacity together.
const CLIENTS: usize = 100;
const RATE: f64 = 8.0;

const USUAL: Scenario = Scenario {
    name: "",
    fault: (30, 60),
    condition: Condition::HEALTHY,
    load: 1.0,
    clients: CLIENTS,
    rate: RATE,
    cut: None,
};

const BROWNOUT: Condition = Condition {
    workers: WORKERS / 10,
    ..Condition::HEALTHY
};

const fn errors(name: &'static str, share: f64) -> Scenario {
    Scenario {
        name,
        fault: (30, 150),
        condition: Condition {
            errors: share,
            ..Condition::HEALTHY
        },
        ..USUAL
    }
}

/// Every outage of the experiment.
pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "brownout",
        condition: BROWNOUT,
        ..USUAL
    },
    Scenario {
        name: "blackhole",
        condition: Condition {
            reach: Reach::Blackhole,
            ..Condition::HEALTHY
        },
        ..USUAL
    },
    Scenario {
        name: "refused",
        condition: Condition {
            reach: Reach::Refused,
            ..Condition::HEALTHY
        },
        ..USUAL
    },
    Scenario {
        name: "spike x3",
        fault: (30, 40),
        load: 3.0,
        ..USUAL
    },
    Scenario {
        name: "bounded queue",
        condition: Condition {
            queue: 100,
            ..BROWNOUT
        },
        ..USUAL
    },
    errors("1 % errors", 0.01),
    errors("10 % errors", 0.10),
    errors("30 % errors", 0.30),
    Scenario {
        name: "lost connection",
        clients: 4,
        rate: 200.0,
        condition: Condition {
            stalled: Some(0),
            ..Condition::HEALTHY
        },
        cut: Some(Duration::from_millis(250)),
        fault: (30, 31),
        ..USUAL
    },
    Scenario {
        name: "sparse clients",
        clients: 1_000,
        rate: 0.8,
        condition: BROWNOUT,
        ..USUAL
    },
];

impl Scenario {
    /// How long it is watched after the fault: long enough for what never recovers to show it.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.fault.1 + 125
    }

    /// When the fault begins.
    #[must_use]
    pub fn begins(&self) -> Duration {
        Duration::from_secs(self.fault.0)
    }

    /// When the fault ends.
    #[must_use]
    pub fn ends(&self) -> Duration {
        match self.cut {
            Some(length) => self.begins() + length,
            None => Duration::from_secs(self.fault.1),
        }
    }

    /// Calls per second of all clients together at this time.
    #[must_use]
    pub fn calls_per_second(&self, at: Duration) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a thousand clients at most")]
        let calls = self.clients as f64 * self.rate;
        if at >= self.begins() && at < self.ends() {
            calls * self.load
        } else {
            calls
        }
    }

    /// Whether a client makes less than one call in a second: it learns slowly.
    #[must_use]
    pub fn is_sparse(&self) -> bool {
        self.rate < 1.0
    }

    /// Whether the fault is one of the quiet kind: some errors, no lack of capacity.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.condition.errors > 0.0
    }
}
