//! One annotated function as a constant: its name, effect, times and retry.

use std::time::Duration;

use super::run::Run;
use crate::clock::nanos;
use crate::config;
use crate::dependency::Dependency;
use crate::effect::Class;
use crate::hedge::Hedge;
use crate::on_unknown::QUESTION;
use crate::retry::budget::Budget;
use crate::retry::{Backoff, Jitter, MAX_SERVER_DELAY};
use crate::shared::Place;

/// One annotated function: a `static` in the generated code.
#[derive(Debug, Clone)]
pub struct Site {
    pub(super) place: Place,
    pub(crate) name: &'static str,
    dependency: Option<&'static str>,
    /// It is a call of the database itself, or one that must be inside of a transaction.
    pub(crate) database: bool,
    pub(crate) plan: Plan,
    pub(crate) asked: config::Asked,
}

impl Site {
    /// `name` is `crate::module::function`.
    #[must_use]
    pub const fn new(place: Place, name: &'static str, plan: Plan) -> Self {
        Self {
            place,
            name,
            dependency: None,
            database: false,
            plan,
            asked: config::Asked::new(),
        }
    }

    /// A policy that is used by hand, on the line that made it.
    #[track_caller]
    pub(super) const fn by_hand(name: &'static str) -> Self {
        Self::new(Place::here(), name, Plan::new(Class::READ_ONLY))
    }

    /// The same as part of a call.
    pub(super) fn part_of(mut self, call: &'static str, of: Option<Dependency>) -> Self {
        self.name = call;
        if let Some(of) = of {
            self.place.module = of.krate;
            self.dependency = Some(of.name);
        }
        self
    }

    /// `dependency("payments")`: the service it calls.
    #[must_use]
    pub const fn calls(mut self, dependency: &'static str) -> Self {
        self.dependency = Some(dependency);
        self
    }

    /// `database`, or `allow(in_transaction)`.
    #[must_use]
    pub const fn database(mut self) -> Self {
        self.database = true;
        self
    }

    /// The same function with other numbers.
    pub(crate) const fn with_plan(&self, plan: Plan) -> Self {
        Self {
            place: self.place,
            name: self.name,
            dependency: self.dependency,
            database: self.database,
            plan,
            asked: config::Asked::new(),
        }
    }

    /// The service it calls, where that has a name.
    pub(crate) fn dependency(&self) -> Option<Dependency> {
        let name = self.dependency?;
        Some(Dependency::new(self.place.krate(), name))
    }

    /// Starts one logical call. Reads nothing yet: the clock starts when the call is first polled.
    #[inline]
    #[must_use]
    pub fn start(&'static self) -> Run {
        Run::new(self)
    }

    /// Where the function stands.
    #[must_use]
    pub const fn place(&self) -> Place {
        self.place
    }
}

/// What the attributes of one function come to.
#[derive(Debug, Clone)]
pub struct Plan {
    pub(super) class: Class,
    /// In nanoseconds, zero for none, here and below: what is added to stamps needs no conversion.
    pub(super) total: u64,
    pub(super) attempt: u64,
    pub(super) least: u64,
    /// Every attempt needs the clock: for a limit, or for the budget.
    pub(super) timed: bool,
    pub(super) retry: Option<Retry>,
    pub(super) hedge: Option<Hedged>,
    /// `allow(effect)`: the body makes itself repeatable, so what it started is not held against the caller.
    pub(super) vouched: bool,
    /// Somebody else may answer after the attempts.
    pub(super) instead: bool,
    /// `on_unknown`, so every body is behind an intent in a journal; and the longest time of one question where an override
    /// says it, else zero.
    pub(super) noted: Option<u64>,
}

impl Plan {
    /// A call of this effect without limits.
    #[must_use]
    pub const fn new(class: Class) -> Self {
        Self {
            class,
            total: 0,
            attempt: 0,
            least: 0,
            timed: false,
            retry: None,
            hedge: None,
            vouched: false,
            instead: false,
            noted: None,
        }
    }

    /// `timeout(total)`.
    #[must_use]
    pub const fn total(mut self, total: Duration) -> Self {
        self.total = nanos(total);
        self.timed = true;
        self
    }

    /// `timeout(attempt)`; what must be left for an attempt to start follows from it unless `least` says otherwise:
    /// a whole attempt for a non-idempotent call, since cutting it short leaves its outcome unknown, a quarter for others.
    #[must_use]
    pub const fn attempt(mut self, attempt: Duration) -> Self {
        self.attempt = nanos(attempt);
        self.timed = true;
        self.least = if self.class.is_non_idempotent() {
            self.attempt
        } else {
            self.attempt / 4
        };
        self
    }

    /// `timeout(least)`.
    #[must_use]
    pub const fn least(mut self, least: Duration) -> Self {
        self.least = nanos(least);
        self
    }

    /// `retry(..)`.
    #[must_use]
    pub const fn retry(mut self, retry: Retry) -> Self {
        self.timed |= retry.budget.is_some();
        self.retry = Some(retry);
        self
    }

    /// `failover(..)`, `fallback(..)`, or `on_unknown(..)` behind the last attempt: the call is not over with its attempts.
    #[must_use]
    pub const fn instead(mut self) -> Self {
        self.instead = true;
        self
    }

    /// The longest time one question of `on_unknown` may take.
    pub(crate) const fn question(&self) -> Duration {
        match (self.noted, self.attempt) {
            (None | Some(0), 0) => QUESTION,
            (None | Some(0), nanos) | (Some(nanos), _) => Duration::from_nanos(nanos),
        }
    }

    /// `on_unknown(..)`.
    #[must_use]
    pub const fn noted(mut self) -> Self {
        self.noted = Some(0);
        self
    }

    /// `hedge(..)`.
    #[must_use]
    pub const fn hedge(mut self, hedge: Hedged) -> Self {
        self.timed = true;
        self.hedge = Some(hedge);
        self
    }

    /// `allow(effect)`.
    #[must_use]
    pub const fn vouched(mut self) -> Self {
        self.vouched = true;
        self
    }
}

/// `retry(..)` as a constant.
#[derive(Debug, Clone)]
pub struct Retry {
    pub(super) attempts: u32,
    pub(super) only_not_sent: bool,
    pub(super) backoff: Backoff,
    pub(super) jitter: Jitter,
    pub(super) max_server_delay: Duration,
    pub(super) budget: Option<&'static Budget>,
}

impl Retry {
    /// This many attempts in all, with the default backoff (100 ms, doubled, at most 2 s, full jitter) and no budget.
    #[must_use]
    pub const fn new(attempts: u32) -> Self {
        Self {
            attempts,
            only_not_sent: false,
            backoff: Backoff::exponential(Duration::from_millis(100)),
            jitter: Jitter::Full,
            max_server_delay: MAX_SERVER_DELAY,
            budget: None,
        }
    }

    /// `not_sent`: repeats only what was certainly not processed.
    #[must_use]
    pub const fn not_sent(mut self) -> Self {
        self.only_not_sent = true;
        self
    }

    /// `backoff(..)`.
    #[must_use]
    pub const fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// `jitter(none)`.
    #[must_use]
    pub const fn no_jitter(mut self) -> Self {
        self.jitter = Jitter::None;
        self
    }

    /// `max_server_delay = ..`.
    #[must_use]
    pub const fn max_server_delay(mut self, longest: Duration) -> Self {
        self.max_server_delay = longest;
        self
    }

    /// The budget repeats are paid from.
    #[must_use]
    pub const fn budget(mut self, budget: &'static Budget) -> Self {
        self.budget = Some(budget);
        self
    }
}

/// `hedge(..)` as a constant.
#[derive(Debug, Clone, Copy)]
pub struct Hedged {
    pub(super) state: &'static Hedge,
    /// None for the retry's.
    pub(super) budget: Option<&'static Budget>,
}

impl Hedged {
    /// Paid from the retry's budget.
    #[must_use]
    pub const fn new(state: &'static Hedge) -> Self {
        Self {
            state,
            budget: None,
        }
    }

    /// The budget hedges are paid from, when it is not the retry's.
    #[must_use]
    pub const fn budget(mut self, budget: &'static Budget) -> Self {
        self.budget = Some(budget);
        self
    }
}
