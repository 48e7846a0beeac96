//! One logical call: its clock, deadline, attempts, and what it started.

mod begin;

use std::sync::Arc;
use std::time::Duration;

use super::answer::Verdict;
use super::heard::Heard;
use super::key::IdempotencyKey;
use super::script::Script;
use super::site::Site;
use crate::clock::Stamp;
use crate::context::{self, Begun, Known, Tasks};
use crate::failure::{Classify, Failure};
use crate::rejected::{Kind, Rejected};

/// The state of one logical call.
///
/// Nothing starts before the call is first polled: neither its clock nor its deadline.
#[derive(Debug)]
pub struct Run {
    pub(super) site: &'static Site,
    /// The clock as last read in this attempt; [`Stamp::NEVER`] for not yet.
    pub(super) now: Stamp,
    /// The end of the whole call: the total, or what the caller has left.
    deadline: Stamp,
    /// The end of the call's own total, also where the caller has less left.
    own: Stamp,
    /// The end of the body that is being polled; what nested calls inherit.
    pub(super) limit: Stamp,
    /// The attempt being made, from 1; 0 before the first.
    pub(super) attempt: u32,
    /// Non-idempotent calls that the attempts started, but for those that were not sent, and what the calls inside the
    /// present attempt repeat by themselves.
    pub(super) known: Known,
    /// What the attempts have carried elsewhere.
    pub(super) tasks: Tasks,
    /// `deadline` is the caller's, who ends the call himself.
    inherited: bool,
    /// The failure that the next repeat is paid for was unknown.
    pub(super) after_unknown: bool,
    /// A repeat was paid for from the budget, and its body has not been polled yet.
    pub(super) paid: bool,
    /// How the last attempt ended.
    pub(super) verdict: Verdict,
    pub(super) key: Option<Arc<str>>,
    pub(super) heard: Heard,
    pub(super) script: Script,
}

impl Run {
    #[inline]
    pub(super) const fn new(site: &'static Site) -> Self {
        Self {
            site,
            now: Stamp::NEVER,
            deadline: Stamp::FOREVER,
            own: Stamp::FOREVER,
            limit: Stamp::FOREVER,
            attempt: 0,
            known: Known::NOTHING,
            tasks: Tasks::NONE,
            inherited: false,
            after_unknown: false,
            paid: false,
            verdict: Verdict::said(None),
            key: None,
            heard: Heard::NOBODY,
            script: Script::NONE,
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

    /// Whether an attempt may have done what must not be done twice, here or in a task it spawned.
    #[inline]
    pub(super) fn may_have_started(&self) -> bool {
        !self.known.started().is_none() || self.tasks.may_have_started()
    }

    /// Whether a non-idempotent call in it was carried out, or may have been: the attempt failed, and not all of it did.
    pub(super) fn may_have_done(&self) -> bool {
        self.known.started().may_be_done() || self.tasks.may_have_done()
    }

    /// Whether a part of it was carried out for certain: "not found" is then true of the whole at best.
    pub(super) fn is_partly_done(&self) -> bool {
        self.known.started().is_partly_done()
    }

    /// The clock, read anew only if it has to be.
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

    /// Reads the clock if the attempt needs it, as every breaker does.
    #[inline]
    pub(super) fn read_clock(&mut self, breaks: bool) {
        self.now = if breaks || self.site.plan.timed {
            Stamp::now()
        } else {
            Stamp::NEVER
        };
    }

    /// The state of a hedge beside this attempt, from this moment on.
    pub(super) fn lane(&self, now: Stamp) -> Self {
        let mut lane = Self::new(self.site);
        lane.now = now;
        lane.deadline = self.deadline;
        lane.own = self.own;
        lane.attempt = self.attempt;
        lane.inherited = self.inherited;
        lane.key.clone_from(&self.key);
        lane
    }

    /// The end of a limit that starts when the clock was read, zero for no limit.
    #[inline]
    fn end_of(&self, limit: u64) -> Stamp {
        if limit == 0 {
            Stamp::FOREVER
        } else {
            self.now.plus_nanos(limit)
        }
    }

    /// Whether enough time is left for an attempt to start.
    #[cold]
    pub(super) fn in_time(&mut self) -> bool {
        let Some(left) = self.left() else {
            return true;
        };
        !left.is_zero() && left >= Duration::from_nanos(self.site.plan.least)
    }

    /// The time left of the whole call; none without a limit.
    pub(super) fn left(&mut self) -> Option<Duration> {
        (self.deadline != Stamp::FOREVER).then(|| self.deadline.since(self.now()))
    }

    /// The last moment at which an attempt may still start; [`Stamp::FOREVER`] without a limit.
    pub(super) fn latest_start(&self) -> Stamp {
        if self.deadline == Stamp::FOREVER {
            return Stamp::FOREVER;
        }
        let latest = self
            .deadline
            .as_nanos()
            .saturating_sub(self.site.plan.least);
        Stamp::from_nanos(latest)
    }

    /// The end of the whole call.
    #[inline]
    pub(super) fn deadline(&self) -> Stamp {
        self.deadline
    }

    /// The body starts now.
    #[inline]
    pub(super) fn begin_body(&mut self) {
        self.paid = false;
        self.set_limit();
        self.started_body();
    }

    /// The body is about to be polled: a script may take its place, and who listened when the call began is told.
    #[inline]
    pub(super) fn started_body(&mut self) {
        if self.site.plan.noted.is_none() {
            self.script.begin(self.site.name);
        }
        if self.heard.is_on() {
            self.attempt_started();
        }
    }

    #[inline]
    fn set_limit(&mut self) {
        self.limit = self.end_of(self.site.plan.attempt).min(self.deadline);
    }

    /// Whose the limit of the body is, and so who arms its timer.
    #[inline]
    pub(super) fn whose_limit(&self) -> By {
        if self.limit < self.deadline {
            By::Attempt
        } else {
            self.whose_deadline()
        }
    }

    /// The timer of the whole call, unless the caller has an earlier one.
    #[inline]
    pub(super) fn whose_deadline(&self) -> By {
        if self.deadline == Stamp::FOREVER || self.inherited {
            By::Nobody
        } else {
            By::Total
        }
    }

    /// A future may leave the call it was first polled in, or be shared with another one. Whoever polls it there
    /// does not end it when the inherited time is over, so its own total holds again.
    #[inline]
    pub(super) fn look_around(&mut self) {
        if self.inherited && context::deadline() != self.deadline {
            self.leave();
        }
    }

    #[cold]
    fn leave(&mut self) {
        self.deadline = self.own;
        self.inherited = false;
        self.set_limit();
    }

    /// What a limit that has passed is called.
    pub(super) fn timed_out(&self, by: By) -> Kind {
        match by {
            By::Attempt => Kind::AttemptTimeout {
                limit: Duration::from_nanos(self.site.plan.attempt),
            },
            By::Total if self.deadline != self.own => Kind::DeadlineExceeded,
            By::Total | By::Nobody => Kind::TotalTimeout {
                limit: Duration::from_nanos(self.site.plan.total),
            },
        }
    }

    /// The attempt has an answer, and this is what it means.
    #[inline]
    pub(super) fn judged(&mut self, verdict: Verdict) {
        if verdict.failure.is_some() {
            self.failed_as(verdict);
        } else {
            // Not as a whole: of a success there is little to write down.
            self.verdict.failure = None;
            self.verdict.ignored = verdict.ignored;
            self.verdict.final_ = verdict.final_;
            self.verdict.refused = verdict.refused;
        }
    }

    #[cold]
    fn failed_as(&mut self, verdict: Verdict) {
        self.verdict = verdict;
    }

    /// A policy ended the attempt before its body was polled.
    #[cold]
    pub(super) fn refused(&mut self, kind: Kind) -> Rejected {
        self.emit_rejected(kind);
        let rejected = Rejected::unsent(kind, self.site.name);
        self.verdict = Verdict::refused(rejected.failure());
        rejected
    }

    /// The limit ended the attempt after its body was polled.
    #[cold]
    pub(super) fn cut_off(&mut self) -> Rejected {
        let kind = self.timed_out(self.whose_limit());
        self.emit_rejected(kind);
        self.verdict = Verdict::failed(Failure::Unknown);
        Rejected::sent(kind, self.site.name)
    }

    /// The limit ended an attempt whose intent was still being written: no body was polled, so this counts as nothing.
    #[cold]
    pub(super) fn unsent(&mut self, judged: Verdict) {
        if judged.refused {
            self.verdict = judged;
        }
    }

    /// The non-idempotent calls of the last attempt were certainly not carried out, whatever it seemed when they began.
    #[cold]
    pub(super) fn take_back_started(&mut self) {
        context::take_back(self.known.started());
        self.known.set_started(Begun::NONE);
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
        self.heard.abandoned(self.site);
    }
}

/// Whose limit it is, and so who arms the timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// There is none, or the caller around us ends the call.
    Nobody,
    Attempt,
    Total,
}
