//! One lane: an attempt that can be taken without waiting, and cancelled without a trace.

use std::borrow::{Borrow, BorrowMut};
use std::pin::Pin;

use crate::call::attempt::Attempt;
use crate::call::bare::Bare;
use crate::call::gate::{Breaks, Gates, Limits, Paces};
use crate::call::inside::Carrier;
use crate::call::run::Run;
use crate::event::NoHedge;

/// The state of one lane.
#[derive(Debug)]
pub enum LaneRun<'a> {
    /// The call's own.
    First(&'a mut Run),
    /// A hedge's.
    Hedge(Box<Run>),
}

impl Borrow<Run> for LaneRun<'_> {
    #[inline]
    fn borrow(&self) -> &Run {
        match self {
            Self::First(run) => run,
            Self::Hedge(run) => run,
        }
    }
}

impl BorrowMut<Run> for LaneRun<'_> {
    #[inline]
    fn borrow_mut(&mut self) -> &mut Run {
        match self {
            Self::First(run) => run,
            Self::Hedge(run) => run,
        }
    }
}

impl Carrier for LaneRun<'_> {
    const COUNTS: bool = true;
}

/// An attempt that may run beside others of its call.
#[doc(hidden)]
pub trait Lane {
    fn run(&self) -> &Run;
    fn run_mut(self: Pin<&mut Self>) -> &mut Run;
    /// Whether the body is being polled.
    fn is_sent(&self) -> bool;
    /// For a hedge, before its first poll: whatever it needs is free at this moment, or it is not sent.
    fn take(&mut self) -> Result<(), NoHedge>;
    /// Gives back what it holds; counts as nothing.
    fn cancel(self: Pin<&mut Self>);
}

impl<B, L, K, F, J, A> Lane for Attempt<LaneRun<'_>, &Gates<B, L, K>, B, L, K, F, J, A>
where
    B: Breaks,
    L: Paces,
    K: Limits,
{
    #[inline]
    fn run(&self) -> &Run {
        self.carrier().borrow()
    }
    #[inline]
    fn run_mut(self: Pin<&mut Self>) -> &mut Run {
        self.carrier_mut().borrow_mut()
    }
    #[inline]
    fn is_sent(&self) -> bool {
        self.is_running()
    }
    fn take(&mut self) -> Result<(), NoHedge> {
        self.take_free()
    }
    fn cancel(self: Pin<&mut Self>) {
        self.give_up();
    }
}

impl<F, J> Lane for Bare<LaneRun<'_>, F, J> {
    #[inline]
    fn run(&self) -> &Run {
        self.carrier().borrow()
    }
    #[inline]
    fn run_mut(self: Pin<&mut Self>) -> &mut Run {
        self.carrier_mut().borrow_mut()
    }
    #[inline]
    fn is_sent(&self) -> bool {
        self.is_running()
    }
    fn take(&mut self) -> Result<(), NoHedge> {
        self.begin();
        Ok(())
    }
    fn cancel(self: Pin<&mut Self>) {
        self.give_up();
    }
}
