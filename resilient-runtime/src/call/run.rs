//! One logical call: its clock, deadline, attempts, and what it started.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::key::IdempotencyKey;
use super::site::Site;
use crate::context;
use crate::event::{self, Event};
use crate::rejected::{Kind, Rejected};

/// The state of one logical call.
///
/// Nothing starts before the call is first polled: neither its clock nor its deadline.
#[derive(Debug)]
pub struct Run {
    pub(super) site: &'static Site,
    /// The clock as last read in this attempt.
    now: Option<Instant>,
    /// The end of the whole call: the total, or what the caller has left.
    deadline: Option<Instant>,
    /// `deadline` is the caller's, who ends the call himself.
    inherited: bool,
    begun: bool,
    /// The attempt being made, from 1; 0 before the first.
    pub(super) attempt: u32,
    /// Non-idempotent calls that the attempts started and that may have been carried out.
    pub(super) started: u32,
    /// The failure that the next repeat is paid for was unknown.
    pub(super) after_unknown: bool,
    pub(super) key: Option<Arc<str>>,
}

impl Run {
    #[inline]
    pub(super) const fn new(site: &'static Site) -> Self {
        Self {
            site,
            now: None,
            deadline: None,
            inherited: false,
            begun: false,
            attempt: 0,
            started: 0,
            after_unknown: false,
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
    pub(super) fn now(&mut self) -> Instant {
        *self.now.get_or_insert_with(Instant::now)
    }

    /// From now on the clock is read anew.
    #[inline]
    pub(super) fn forget_now(&mut self) {
        self.now = None;
    }

    /// Starts the next attempt; the first one starts the call's deadline.
    #[inline]
    pub(super) fn begin_attempt(&mut self) {
        self.attempt += 1;
        self.now = None;
        if !self.begun {
            self.begin();
        }
    }

    #[inline]
    fn begin(&mut self) {
        self.begun = true;
        let inherited = context::deadline();
        let own = self.site.plan.total.map(|total| self.now() + total);
        (self.deadline, self.inherited) = match (own, inherited) {
            (Some(own), Some(outer)) if outer < own => (Some(outer), true),
            (Some(own), _) => (Some(own), false),
            (None, outer) => (outer, outer.is_some()),
        };
        if self.repeats() {
            let depth = context::retries();
            if depth > 0 && event::listening() {
                event::emit(&Event::NestedRetry {
                    call: self.site.name,
                    depth,
                });
            }
        }
    }

    /// Too little of the caller's time is left for an attempt to start.
    #[inline]
    pub(super) fn too_late(&mut self) -> bool {
        match self.deadline {
            None => false,
            Some(deadline) => {
                let left = deadline.saturating_duration_since(self.now());
                left.is_zero() || left < self.site.plan.least
            }
        }
    }

    /// The time left of the whole call.
    pub(super) fn left(&mut self) -> Option<Duration> {
        let now = self.now();
        self.deadline
            .map(|deadline| deadline.saturating_duration_since(now))
    }

    /// The end of the whole call.
    #[inline]
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// When the body has to end, and what it is told then; none when the caller's own timer is earlier.
    #[inline]
    pub(super) fn limit(&mut self) -> Limit {
        let plan = &self.site.plan;
        let attempt = plan.attempt.map(|limit| (self.now() + limit, limit));
        match (attempt, self.deadline) {
            (Some((at, limit)), Some(deadline)) if at < deadline => Limit {
                at: Some(at),
                timer: Some((at, Kind::AttemptTimeout { limit })),
            },
            (Some((at, limit)), None) => Limit {
                at: Some(at),
                timer: Some((at, Kind::AttemptTimeout { limit })),
            },
            (_, Some(deadline)) => Limit {
                at: Some(deadline),
                timer: self.total_timer(),
            },
            (None, None) => Limit {
                at: None,
                timer: None,
            },
        }
    }

    /// The timer of the whole call, unless the caller has an earlier one.
    pub(super) fn total_timer(&self) -> Option<(Instant, Kind)> {
        let deadline = self.deadline.filter(|_| !self.inherited)?;
        let limit = self.site.plan.total?;
        Some((deadline, Kind::TotalTimeout { limit }))
    }

    /// A policy ended the call before its body was polled.
    #[cold]
    pub(super) fn refused(&self, kind: Kind) -> Rejected {
        self.emit_rejected(kind);
        Rejected::unsent(kind, self.site.name)
    }

    /// A policy ended the call after its body was polled.
    #[cold]
    pub(super) fn cut_off(&self, kind: Kind) -> Rejected {
        self.emit_rejected(kind);
        Rejected::sent(kind, self.site.name)
    }

    fn emit_rejected(&self, kind: Kind) {
        let attempt = if matches!(kind, Kind::TotalTimeout { .. } | Kind::DeadlineExceeded) {
            0
        } else {
            self.attempt
        };
        event::emit(&Event::Rejected {
            call: self.site.name,
            attempt,
            kind,
        });
    }
}

/// When a body has to end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    /// What nested calls inherit.
    pub(super) at: Option<Instant>,
    /// The timer to arm once the body is pending.
    pub(super) timer: Option<(Instant, Kind)>,
}
