//! What the lanes of a hedge by hand share: when the next one is due, who pays for it, and the best answer so far.
//!
//! In: how lanes began and ended. Out: whether another one is sent, and events. Refuses a hedge without budget or time, and
//! one of a call that must not be made twice.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::call::Verdict;
use crate::call::by_hand::frame::About;
use crate::call::by_hand::hedge::Hedge;
use crate::clock::Stamp;
use crate::context::{self, Known};
use crate::event::{self, Event, NoHedge};
use crate::failure::Failure;
use crate::hedge::Core;
use crate::retry::budget;
use crate::shared::Ref;

/// When the next hedge is.
#[derive(Clone, Copy)]
pub(super) enum Due {
    At(Stamp, Duration),
    Never,
}

/// What the lanes share.
pub(super) struct Race<'a, J, R> {
    pub(super) hedge: &'a Hedge<J>,
    /// Since the first poll: the state, and when that was.
    pub(super) begun: Option<(Ref<Core>, Stamp)>,
    pub(super) due: Due,
    /// Hedges that were due, sent or not.
    pub(super) turns: u32,
    /// Non-idempotent calls that the lanes began and that may have been carried out.
    pub(super) known: Known,
    /// The best of the failures.
    pub(super) kept: Option<(Verdict, R)>,
}

impl<'a, J, R> Race<'a, J, R> {
    pub(super) const fn new(hedge: &'a Hedge<J>) -> Self {
        Self {
            hedge,
            begun: None,
            due: Due::Never,
            turns: 0,
            known: Known::NOTHING,
            kept: None,
        }
    }

    pub(super) fn begin(&mut self) {
        let (core, now) = (self.hedge.core(), Stamp::now());
        if let Some(wait) = core.wait() {
            self.due = Due::At(now.plus(wait), wait);
        }
        self.begun = Some((core, now));
    }

    /// How long the first lane took, if it says something about the service: an answer does, and being cut off says that
    /// it takes longer.
    pub(super) fn measure(&self, cut_off: bool) {
        if let Some((core, began)) = &self.begun {
            if core.measures() {
                core.took(Stamp::now().since(*began), cut_off);
            }
        }
    }

    pub(super) fn measure_ended(&self, failure: Option<Failure>, cut_off: bool) {
        match failure {
            None => self.measure(false),
            Some(Failure::Unknown) if cut_off => self.measure(true),
            Some(_) => {}
        }
    }

    /// A hedge is due: whether it may be sent, and from when on the next one is.
    pub(super) fn turn(&mut self, core: &Core) -> Result<Ref<budget::Core>, NoHedge> {
        let now = Stamp::now();
        self.turns += 1;
        self.due = match self.due {
            Due::At(_, wait) if self.turns < core.max() => Due::At(now.plus(wait), wait),
            _ => Due::Never,
        };
        if !self.known.started().is_none() {
            return Err(NoHedge::NotRepeatable);
        }
        let deadline = context::deadline();
        if deadline != Stamp::FOREVER && deadline <= now {
            return Err(NoHedge::NoTimeLeft);
        }
        self.hedge.pay(now).ok_or(NoHedge::Budget)
    }

    pub(super) fn sent(&self, core: &Core) {
        core.count_sent();
        let About {
            call,
            dependency,
            attempt,
            ..
        } = About::of_attempt(self.hedge.name);
        event::emit(&Event::HedgeSent {
            call,
            dependency,
            attempt,
            hedge: self.turns,
        });
    }

    pub(super) fn refused(&self, core: &Core, why: NoHedge) {
        core.count_refused();
        let About {
            call,
            dependency,
            attempt,
            ..
        } = About::of_attempt(self.hedge.name);
        event::emit(&Event::HedgeRefused {
            call,
            dependency,
            attempt,
            why,
        });
    }

    pub(super) fn cancelled(&self, lane: u32) {
        let About {
            call,
            dependency,
            attempt,
            ..
        } = About::of_attempt(self.hedge.name);
        event::emit(&Event::LaneCancelled {
            call,
            dependency,
            attempt,
            lane,
        });
    }

    /// Polls one lane, and counts what it begins.
    pub(super) fn poll<F: Future>(
        &mut self,
        lane: Pin<&mut F>,
        cx: &mut Context<'_>,
    ) -> Poll<F::Output> {
        let _counted = context::enter_counted(Stamp::FOREVER, &mut self.known, false, false);
        lane.poll(cx)
    }

    /// Keeps the better of two failures; the later one of two as good. A write's failure that is hidden is told.
    pub(super) fn keep(&mut self, verdict: Verdict, answer: R) {
        let class = self.hedge.class;
        match &self.kept {
            Some((kept, _)) if kept.rank(class) > verdict.rank(class) => {
                let unknown = kept.failure == Some(Failure::Unknown);
                if let Some(failure) = verdict.failure.filter(|_| unknown) {
                    let about = About::of_attempt(self.hedge.name);
                    event::emit(&Event::ErrorHidden {
                        call: about.call,
                        dependency: about.dependency,
                        attempt: about.attempt,
                        failure,
                    });
                }
            }
            _ => self.kept = Some((verdict, answer)),
        }
    }
}
