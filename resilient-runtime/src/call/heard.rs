//! What one logical call tells while somebody listens: that it began, how its attempts stand, how it ended.
//!
//! In: the driver's steps. Out: events for observers, spans for `tracing`. Refuses to cost a call that began while nobody
//! listened more than a look at a pointer; one that is heard allocates once.

use std::time::Duration;

use super::run::Run;
use super::settle::Kept;
use super::site::Site;
use crate::clock::Stamp;
use crate::event::{self, End, Event};
use crate::rejected::Kind;
use crate::trace::{self, Spans};

/// Nothing, or what is told about one logical call.
#[derive(Debug)]
pub(super) struct Heard(Option<Box<Story>>);

#[derive(Debug)]
struct Story {
    began: Stamp,
    /// When the attempt came to the queue it waits in.
    waits: Stamp,
    /// Attempts that polled their body.
    attempts: u32,
    /// What the backoffs come to.
    delay: Duration,
    /// How the answer ended that the caller would get if no better one came.
    kept: End,
    spans: Spans,
}

impl Heard {
    pub(super) const NOBODY: Self = Self(None);

    #[inline]
    pub(super) fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// The call is polled for the first time.
    #[inline]
    pub(super) fn begin(&mut self, site: &'static Site) {
        if event::listening() || trace::wanted() {
            *self = Self::of(site);
        }
    }

    #[cold]
    fn of(site: &'static Site) -> Self {
        let spans = Spans::of_call(site.name, site.plan.class);
        {
            let _span = spans.enter();
            event::observe(&Event::CallStarted {
                call: site.name,
                dependency: site.dependency(),
                effect: site.plan.class,
            });
        }
        Self(Some(Box::new(Story {
            began: Stamp::now(),
            waits: Stamp::NEVER,
            attempts: 0,
            delay: Duration::ZERO,
            kept: End::Ok,
            spans,
        })))
    }

    /// Enters the innermost span for the length of one poll.
    #[inline]
    pub(super) fn enter(&self) -> Option<impl Sized + '_> {
        self.0.as_ref().map(|story| story.spans.enter())
    }

    /// The next attempt follows after this time.
    pub(super) fn delayed(&mut self, delay: Duration) {
        if let Some(story) = &mut self.0 {
            story.delay = story.delay.saturating_add(delay);
        }
    }

    /// This is how the call ends unless a better answer comes.
    #[inline]
    pub(super) fn keep(&mut self, end: impl FnOnce() -> End) {
        if let Some(story) = &mut self.0 {
            story.kept = end();
        }
    }

    /// The call is over: its caller gets the answer that was kept.
    #[inline]
    pub(super) fn over(&mut self, site: &'static Site) {
        if self.is_on() {
            self.finish(site, None);
        }
    }

    /// The call was dropped before it was over.
    #[inline]
    pub(super) fn abandoned(&mut self, site: &'static Site) {
        if self.is_on() {
            self.finish(site, Some(End::Dropped));
        }
    }

    #[cold]
    fn finish(&mut self, site: &'static Site, end: Option<End>) {
        if let Some(story) = self.0.take() {
            let end = end.unwrap_or(story.kept);
            finish(*story, site, end);
        }
    }
}

fn finish(story: Story, site: &'static Site, end: End) {
    let Story {
        began,
        attempts,
        delay,
        spans,
        ..
    } = story;
    let _span = spans.enter();
    event::observe(&Event::CallFinished {
        call: site.name,
        dependency: site.dependency(),
        effect: site.plan.class,
        attempts,
        delay,
        elapsed: Stamp::now().since(began),
        end,
    });
    spans.end_call(attempts, end);
}

impl Run {
    /// Tells of something that happened to this call, inside its span.
    #[cold]
    pub(super) fn tell(&self, event: &Event<'_>) {
        let _span = self.heard.enter();
        event::emit(event);
    }

    /// A policy refused the call, or ended it: put together only if somebody listens.
    #[inline]
    pub(super) fn emit_rejected(&self, kind: Kind) {
        if event::heard() {
            self.tell_rejected(kind);
        }
    }

    #[cold]
    fn tell_rejected(&self, kind: Kind) {
        let whole = matches!(kind, Kind::TotalTimeout { .. } | Kind::DeadlineExceeded);
        let attempt = if whole { 0 } else { self.attempt };
        self.tell(&Event::Rejected {
            call: self.site.name,
            dependency: self.site.dependency(),
            attempt,
            kind,
        });
    }

    /// No attempt follows. The call is over with that, unless somebody else may answer.
    #[inline]
    pub(super) fn attempts_over(&mut self) {
        if !self.site.plan.instead {
            self.heard.over(self.site);
        }
    }

    /// Everybody was asked who could answer: the call is over.
    #[inline]
    pub fn over<R>(&mut self, kept: &Kept<R>) {
        self.heard
            .keep(|| kept.failure.map_or(End::Ok, End::Failed));
        self.heard.over(self.site);
    }

    /// The attempt has to wait for a policy's permit.
    pub(super) fn waits(&mut self) {
        if let Some(story) = &mut self.heard.0 {
            story.waits = Stamp::now();
        }
    }

    /// It got a policy's permit after waiting.
    pub(super) fn waited(&self, policy: &'static str) {
        if let Some(story) = &self.heard.0 {
            self.tell(&Event::PermitWaited {
                call: self.site.name,
                dependency: self.site.dependency(),
                attempt: self.attempt,
                policy,
                waited: Stamp::now().since(story.waits),
            });
        }
    }

    /// The body is about to be polled for the first time in this attempt.
    #[cold]
    pub(super) fn attempt_started(&mut self) {
        let last = self.is_last_now();
        if let Some(story) = &mut self.heard.0 {
            story.attempts += 1;
            story.spans.begin_attempt(self.attempt, last);
        }
        let _span = self.heard.enter();
        event::observe(&Event::AttemptStarted {
            call: self.site.name,
            dependency: self.site.dependency(),
            attempt: self.attempt,
        });
    }

    /// The attempt's body is over.
    #[cold]
    pub(super) fn attempt_ended(&mut self, end: End) {
        {
            let _span = self.heard.enter();
            event::observe(&Event::AttemptFinished {
                call: self.site.name,
                dependency: self.site.dependency(),
                attempt: self.attempt,
                end,
            });
        }
        if let Some(story) = &mut self.heard.0 {
            story.spans.end_attempt(end);
        }
    }

    /// Another lane of the attempt answered, so the one that its span is about was dropped.
    pub(super) fn lane_cancelled(&mut self) {
        if let Some(story) = &mut self.heard.0 {
            story.spans.end_attempt(End::Dropped);
        }
    }

    /// No other attempt follows, whatever comes of this one.
    fn is_last_now(&self) -> bool {
        let retry = self.site.plan.retry.as_ref();
        retry.is_none_or(|retry| self.attempt >= retry.attempts)
    }
}
