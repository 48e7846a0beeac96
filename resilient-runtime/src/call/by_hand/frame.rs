//! What a policy by hand knows of the call that it is part of: its name, which attempt this is, whether it is a hedge.
//!
//! In: a [`Frame`] for the length of one poll. Out: the innermost one, and what was noted in it. Refuses to be kept: the
//! guard takes it back when the poll is over, also by a panic. Whatever runs in another task is outside of it, as is the
//! body of an attempt: what that does is its own affair.

use std::cell::Cell;
use std::marker::PhantomData;
use std::time::Duration;

use crate::call::Site;
use crate::dependency::Dependency;
use crate::event::NoHedge;
use crate::rejected::Kind;

thread_local! {
    static FRAME: Cell<Frame> = const { Cell::new(Frame::NONE) };
}

/// The state of one call by hand, as long as it is being polled.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is said and asked by somebody else"
)]
pub(super) struct Frame {
    /// None outside of a [`LogicalCall`](super::LogicalCall).
    pub(super) call: Option<&'static str>,
    pub(super) dependency: Option<Dependency>,
    /// The attempt that a retry makes, from 1; 0 outside of one.
    pub(super) attempt: u32,
    /// No other follows, whatever comes of it.
    pub(super) last: bool,
    /// Bodies that were polled.
    pub(super) bodies: u32,
    /// What the backoffs come to.
    pub(super) delay: Duration,
    /// A hedge is polled for the first time: it takes what is free, and queues nowhere.
    pub(super) hedge: bool,
    /// Why that was not sent.
    pub(super) unsent: Option<NoHedge>,
    /// Lanes that lost are being dropped: they count as nothing.
    pub(super) cancelling: bool,
    /// A limit ended the body that was polled.
    pub(super) cut_off: bool,
}

impl Frame {
    pub(super) const NONE: Self = Self {
        call: None,
        dependency: None,
        attempt: 0,
        last: true,
        bodies: 0,
        delay: Duration::ZERO,
        hedge: false,
        unsent: None,
        cancelling: false,
        cut_off: false,
    };

    /// The one that is being polled.
    pub(super) fn current() -> Self {
        FRAME.get()
    }

    /// Notes something in it.
    pub(super) fn note(change: impl FnOnce(&mut Self)) {
        let mut frame = FRAME.get();
        change(&mut frame);
        FRAME.set(frame);
    }

    /// Makes it the current one; what was noted is in it afterwards.
    pub(super) fn enter(&mut self) -> Entered<'_> {
        Entered {
            outer: FRAME.replace(*self),
            frame: self,
            here: PhantomData,
        }
    }
}

/// Puts the outer frame back when dropped.
#[must_use = "the frame holds only while the guard lives"]
pub(super) struct Entered<'a> {
    outer: Frame,
    frame: &'a mut Frame,
    /// A guard belongs to the poll, hence to the thread, that made it.
    here: PhantomData<*const ()>,
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        *self.frame = FRAME.replace(self.outer);
    }
}

/// Whom events and rejections of a policy are about.
#[derive(Debug, Clone, Copy)]
pub(super) struct About {
    pub(super) call: &'static str,
    pub(super) dependency: Option<Dependency>,
    /// 0 when it is the call as a whole.
    pub(super) attempt: u32,
    /// It is part of a call by hand.
    pub(super) framed: bool,
}

impl About {
    /// The call around, or else the policy by its own name.
    pub(super) fn of(own: &'static str) -> Self {
        let frame = Frame::current();
        Self {
            call: frame.call.unwrap_or(own),
            dependency: frame.dependency,
            attempt: frame.attempt,
            framed: frame.call.is_some(),
        }
    }

    /// The same of a policy that stands before the body: without a retry the only attempt is the first.
    pub(super) fn of_attempt(own: &'static str) -> Self {
        let about = Self::of(own);
        Self {
            attempt: about.attempt.max(u32::from(about.framed)),
            ..about
        }
    }

    /// The policy's own site, under the call's name.
    pub(super) fn site(&self, own: &Site) -> Site {
        let site = own.clone();
        if self.framed {
            site.part_of(self.call, self.dependency)
        } else {
            site
        }
    }
}

/// A hedge was not sent; false if this is none.
pub(super) fn not_sent(kind: Kind) -> bool {
    let frame = Frame::current();
    if frame.hedge {
        let why = match kind {
            Kind::BreakerOpen { .. } => NoHedge::Breaker,
            Kind::RateLimited { .. } => NoHedge::RateLimit,
            Kind::DeadlineExceeded => NoHedge::NoTimeLeft,
            _ => NoHedge::Permit,
        };
        Frame::note(|frame| frame.unsent = Some(why));
    }
    frame.hedge
}
