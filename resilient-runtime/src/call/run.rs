//! One logical call: its clock, deadline, attempts, and what it started.

use std::sync::Arc;
use std::time::Duration;

use super::key::IdempotencyKey;
use super::site::Site;
use crate::clock::Stamp;
use crate::context;
use crate::event::{self, Event};
use crate::rejected::{Kind, Rejected};

/// The state of one logical call.
///
/// Nothing starts before the call is first polled: neither its clock nor its deadline.
#[derive(Debug)]
pub struct Run {
    pub(super) site: &'static Site,
    /// The clock as last read in this attempt; [`Stamp::NEVER`] for not yet.
    now: Stamp,
    /// The end of the whole call: the total, or what the caller has left; [`Stamp::NEVER`] for none.
    deadline: Stamp,
    /// The attempt being made, from 1; 0 before the first.
    pub(super) attempt: u32,
    /// Non-idempotent calls that the attempts started and that may have been carried out.
    pub(super) started: u32,
    /// `deadline` is the caller's, who ends the call himself.
    inherited: bool,
    /// The failure that the next repeat is paid for was unknown.
    pub(super) after_unknown: bool,
    /// A repeat was paid for from the budget, and its body has not been polled yet.
    pub(super) paid: bool,
    pub(super) key: Option<Arc<str>>,
}

impl Run {
    #[inline]
    pub(super) const fn new(site: &'static Site) -> Self {
        Self {
            site,
            now: Stamp::NEVER,
            deadline: Stamp::NEVER,
            attempt: 0,
            started: 0,
            inherited: false,
            after_unknown: false,
            paid: false,
            key: None,
        }
    }

    /// Every attempt carries this key.
    #[must_use]
    pub fn with_key(mut self, key: IdempotencyKey) -> Self {
        self.key = Some(key.0);
        self
    }

    /// Whether the attempt about to start is the last one.
    #[inline]
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.site
            .plan
            .retry
            .as_ref()
            .is_none_or(|retry| self.attempt + 1 >= retry.attempts)
    }

    /// Whether the body is repeated.
    #[inline]
    pub(super) fn repeats(&self) -> bool {
        self.site.plan.retry.is_some()
    }

    /// The clock, read once an attempt.
    #[inline]
    pub(super) fn now(&mut self) -> Stamp {
        if self.now == Stamp::NEVER {
            self.now = Stamp::now();
        }
        self.now
    }

    /// From now on the clock is read anew.
    #[inline]
    pub(super) fn forget_now(&mut self) {
        self.now = Stamp::NEVER;
    }

    /// Starts the next attempt; the first one starts the call's deadline. False when too little time is left.
    #[inline]
    pub(super) fn begin_attempt(&mut self) -> bool {
        self.attempt += 1;
        self.now = Stamp::NEVER;
        if self.attempt == 1 {
            let total = self.site.plan.total;
            if !total.is_zero() {
                self.deadline = self.now().plus(total);
            }
            if self.repeats() && context::retries() > 0 {
                self.report_nested();
            }
            self.inherit(context::deadline());
        }
        // The first attempt has the whole of its own total before it.
        (self.attempt == 1 && !self.inherited) || self.in_time()
    }

    /// The caller's deadline holds when it is the earlier one.
    #[inline]
    fn inherit(&mut self, outer: Stamp) {
        if outer != Stamp::NEVER && (self.deadline == Stamp::NEVER || outer < self.deadline) {
            self.deadline = outer;
            self.inherited = true;
        }
    }

    #[cold]
    fn report_nested(&self) {
        event::emit(&Event::NestedRetry {
            call: self.site.name,
            depth: context::retries(),
        });
    }

    /// Whether enough time is left for an attempt to start.
    #[cold]
    pub(super) fn in_time(&mut self) -> bool {
        if self.deadline == Stamp::NEVER {
            return true;
        }
        let left = self.deadline.since(self.now());
        !left.is_zero() && left >= self.site.plan.least
    }

    /// The time left of the whole call; none without a limit.
    pub(super) fn left(&mut self) -> Option<Duration> {
        (self.deadline != Stamp::NEVER).then(|| self.deadline.since(self.now()))
    }

    /// The end of the whole call, [`Stamp::NEVER`] for none.
    #[inline]
    pub(super) fn deadline(&self) -> Stamp {
        self.deadline
    }

    /// When the body that starts now has to end.
    #[inline]
    pub(super) fn limit(&mut self) -> Limit {
        let attempt = self.site.plan.attempt;
        if attempt.is_zero() {
            return Limit {
                at: self.deadline,
                by: self.whose_deadline(),
            };
        }
        let at = self.now().plus(attempt);
        if self.deadline != Stamp::NEVER && self.deadline <= at {
            Limit {
                at: self.deadline,
                by: self.whose_deadline(),
            }
        } else {
            Limit {
                at,
                by: By::Attempt,
            }
        }
    }

    /// The timer of the whole call, unless the caller has an earlier one.
    #[inline]
    pub(super) fn whose_deadline(&self) -> By {
        if self.deadline == Stamp::NEVER || self.inherited {
            By::Nobody
        } else {
            By::Total
        }
    }

    /// What a limit that has passed is called.
    pub(super) fn timed_out(&self, by: By) -> Kind {
        match by {
            By::Attempt => Kind::AttemptTimeout {
                limit: self.site.plan.attempt,
            },
            By::Total | By::Nobody => Kind::TotalTimeout {
                limit: self.site.plan.total,
            },
        }
    }

    /// A policy ended the call before its body was polled.
    #[cold]
    pub(super) fn refused(&self, kind: Kind) -> Rejected {
        self.emit_rejected(kind);
        Rejected::unsent(kind, self.site.name)
    }

    /// A policy ended the call after its body was polled.
    #[cold]
    pub(super) fn cut_off(&self, by: By) -> Rejected {
        let kind = self.timed_out(by);
        self.emit_rejected(kind);
        Rejected::sent(kind, self.site.name)
    }

    fn emit_rejected(&self, kind: Kind) {
        let whole = matches!(kind, Kind::TotalTimeout { .. } | Kind::DeadlineExceeded);
        let attempt = if whole { 0 } else { self.attempt };
        event::emit(&Event::Rejected {
            call: self.site.name,
            attempt,
            kind,
        });
    }
}

/// A repeat that was paid for and never sent costs nothing: refused by a policy, dropped in the queue, or
/// without time after `before_retry`.
impl Drop for Run {
    #[inline]
    fn drop(&mut self) {
        if self.paid {
            self.give_back();
        }
    }
}

/// When a body has to end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    /// What nested calls inherit; [`Stamp::NEVER`] for no limit.
    pub(super) at: Stamp,
    pub(super) by: By,
}

impl Limit {
    pub(super) const NONE: Self = Self {
        at: Stamp::NEVER,
        by: By::Nobody,
    };
}

/// Whose limit it is, and so who arms the timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// There is none, or the caller around us ends the call.
    Nobody,
    Attempt,
    Total,
}
