//! What the lanes of one attempt share: when the next one is due, who pays for it, and the best answer so far.

use std::time::Duration;

use super::alone::Others;
use super::token::Token;
use super::{By, FIRST, Failure, Lane, LaneRun, Run, Stamp, Verdict};
use crate::call::site::{Hedged, Site};
use crate::context::Became;
use crate::effect::Class;
use crate::event::{self, Event, NoHedge};
use crate::hedge;
use crate::shared::Ref;

pub(super) struct Race<'a, T> {
    hedged: Hedged,
    core: Ref<hedge::Core>,
    /// Until a lane takes it.
    next: Option<LaneRun<'a>>,
    /// The first lane has started and not ended.
    pub(super) first_runs: bool,
    /// A lane was started, and nothing has been polled since.
    pub(super) fresh: bool,
    /// The lane that is being polled; still set when it panicked.
    pub(super) polling: Option<u32>,
    /// Hedges that were due, sent or not.
    pub(super) turns: u32,
    pub(super) due: Due,
    /// What was paid for the lane that is about to be made.
    pub(super) token: Option<Token>,
    /// The best of the failures.
    pub(super) kept: Option<Ended<T>>,
    /// What the lanes that are over have become together.
    pub(super) became: Became,
    /// The lane that has just begun what must not be done twice.
    pub(super) begun: Option<u32>,
    pub(super) others: Others,
}

/// When the next hedge is.
#[derive(Clone, Copy)]
pub(super) enum Due {
    /// The first lane has not been sent.
    Unknown,
    At {
        due: Stamp,
        wait: Duration,
    },
    Never,
}

/// A lane that came to its end.
pub(super) struct Ended<T> {
    pub(super) nth: u32,
    pub(super) verdict: Verdict,
    class: Class,
    site: &'static Site,
    attempt: u32,
    /// The time of the whole call ended it.
    out_of_time: bool,
    pub(super) answer: T,
}

/// What lanes make of each other's answers, annotated or by hand.
impl Verdict {
    /// Whether another lane of a call of this class would only say the same.
    pub(in crate::call) fn is_last_word(&self, class: Class) -> bool {
        match self.failure {
            None => true,
            Some(_) => self.is_for_good() && class == Class::READ_ONLY,
        }
    }

    /// Which failure the caller gets: of a write one whose outcome is unknown, then one that repeating will not change.
    pub(in crate::call) fn rank(&self, class: Class) -> u8 {
        match self.failure {
            None => 3,
            Some(Failure::Unknown) if class != Class::READ_ONLY => 2,
            Some(_) => u8::from(self.is_for_good()),
        }
    }

    fn is_for_good(&self) -> bool {
        self.final_ || self.failure == Some(Failure::Permanent)
    }
}

impl<T> Ended<T> {
    pub(super) fn new(nth: u32, run: &Run, answer: T) -> Self {
        let verdict = run.verdict;
        let lost = verdict.failure == Some(Failure::Unknown);
        Self {
            nth,
            verdict,
            class: run.site.plan.class,
            site: run.site,
            attempt: run.attempt,
            out_of_time: lost && run.whose_limit() == By::Total && run.limit <= Stamp::now(),
            answer,
        }
    }

    /// Whether no other lane can say anything better.
    ///
    /// The first lane of a write may be the very reason why the second is told "conflict", so that one waits.
    pub(super) fn is_over(&self) -> bool {
        match self.verdict.failure {
            None => true,
            Some(_) => self.out_of_time || self.verdict.is_last_word(self.class),
        }
    }

    /// The caller gets the other failure.
    fn hide(&self, kept: &Self) {
        if let (Some(failure), Some(Failure::Unknown)) =
            (self.verdict.failure, kept.verdict.failure)
        {
            event::emit(&Event::ErrorHidden {
                call: self.site.name,
                dependency: self.site.dependency(),
                attempt: self.attempt,
                failure,
            });
        }
    }

    fn rank(&self) -> u8 {
        self.verdict.rank(self.class)
    }
}

impl<'a, T> Race<'a, T> {
    pub(super) fn new(run: &'a mut Run) -> Self {
        let hedged = run.site.plan.hedge;
        let hedged = hedged.expect("the macro writes the hedge into the plan");
        Self {
            core: hedged.state.0.get(),
            hedged,
            next: Some(LaneRun::First(run)),
            first_runs: false,
            fresh: false,
            polling: None,
            turns: 0,
            due: Due::Unknown,
            token: None,
            kept: None,
            became: Became::NotSent,
            begun: None,
            others: Others::Race,
        }
    }

    pub(super) fn is_last(&self) -> bool {
        match &self.next {
            Some(LaneRun::Hedge(run)) => {
                let attempts = run
                    .site
                    .plan
                    .retry
                    .as_ref()
                    .map_or(1, |retry| retry.attempts);
                self.turns >= self.core.max() && run.attempt >= attempts
            }
            _ => false,
        }
    }

    pub(super) fn next_run(&mut self) -> LaneRun<'a> {
        self.next.take().expect("a lane is made when it is due")
    }

    /// From now on the first lane is waited for.
    pub(super) fn set_due(&mut self, first: &impl Lane) {
        if first.is_sent() {
            self.due = match self.core.wait() {
                Some(wait) => Due::At {
                    due: first.run().now.plus(wait),
                    wait,
                },
                None => Due::Never,
            };
        }
    }

    /// A hedge is due: whether it may be made, and from when on the next one is.
    ///
    /// `begun`: a lane may have done what must not be done twice.
    pub(super) fn turn(&mut self, first: &Run, begun: bool) -> Result<(), NoHedge> {
        let now = Stamp::now();
        self.turns += 1;
        self.due = match self.due {
            Due::At { wait, .. } if self.turns < self.core.max() => Due::At {
                due: now.plus(wait),
                wait,
            },
            _ => Due::Never,
        };
        if begun {
            return Err(NoHedge::NotRepeatable);
        }
        let mut run = first.lane(now);
        if !run.in_time() {
            return Err(NoHedge::NoTimeLeft);
        }
        let budget = self.hedged.budget.or_else(|| first.budget());
        let token = budget.and_then(|budget| Token::take(budget, now));
        self.token = Some(token.ok_or(NoHedge::Budget)?);
        self.next = Some(LaneRun::Hedge(Box::new(run)));
        Ok(())
    }

    /// The hedge is about to be polled; `run` is the call's.
    pub(super) fn sent(&mut self, run: &Run) {
        self.fresh = true;
        self.core.count_sent();
        run.tell(&Event::HedgeSent {
            call: run.site.name,
            dependency: run.site.dependency(),
            attempt: run.attempt,
            hedge: self.turns,
        });
    }

    pub(super) fn refused(&self, run: &Run, why: NoHedge) {
        self.core.count_refused();
        run.tell(&Event::HedgeRefused {
            call: run.site.name,
            dependency: run.site.dependency(),
            attempt: run.attempt,
            why,
        });
    }

    /// A lane answered.
    pub(super) fn won(&self, nth: u32, run: &Run) {
        if nth != FIRST {
            self.core.count_won();
        }
        // A budget shared with the retry is paid by that.
        if let Some(budget) = self.hedged.budget {
            budget.0.get().earn(run.now);
        }
    }

    pub(super) fn note(&mut self, ended: &Ended<T>) {
        let became = Became::of(ended.verdict.failure.as_ref());
        self.became = self.became.and(became);
    }

    /// Keeps the better of two answers; the later one of two as good.
    pub(super) fn keep(&mut self, ended: Ended<T>) {
        match &self.kept {
            Some(kept) if kept.rank() > ended.rank() => ended.hide(kept),
            _ => self.kept = Some(ended),
        }
    }

    /// How long the first lane took, if it says something about the service: an answer does, and being cut off by a
    /// limit says that it takes longer. Other failures come fast, and would make the service look so. (Finagle
    /// leaves them out for the same reason.)
    pub(super) fn measure_ended(&self, run: &Run) {
        if !self.core.measures() {
            return;
        }
        let now = Stamp::now();
        match run.verdict.failure {
            None => self.core.took(now.since(run.now), false),
            Some(Failure::Unknown) if run.limit <= now => {
                self.core.took(now.since(run.now), true);
            }
            Some(_) => {}
        }
    }

    /// The first lane was dropped: it would have taken longer.
    pub(super) fn measure_cut(&self, first: &impl Lane) {
        if self.core.measures() && first.is_sent() {
            self.core.took(Stamp::now().since(first.run().now), true);
        }
    }
}

/// A lane was dropped for another; `run` is the call's.
pub(super) fn cancelled(lane: u32, run: &Run) {
    run.tell(&Event::LaneCancelled {
        call: run.site.name,
        dependency: run.site.dependency(),
        attempt: run.attempt,
        lane,
    });
}
