//! Through the gates: breaker looks, bulkhead, breaker admits.
//!
//! Instantiated once for each combination of policies, not for each function.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Sleep, sleep_until};

use super::bare::finished;
use super::gate::{Breaks, Entry, Gates, Limits};
use super::inside::Carrier;
use super::run::{By, Run};
use crate::clock::{Stamp, nanos};
use crate::rejected::{Kind, Rejected};

/// Where an attempt stands.
pub(super) enum Phase<B: Breaks, K: Limits> {
    Start,
    Holding(Held<B, K>),
    /// By a gate, or for want of time.
    Refused(Kind),
    Over,
}

/// What an attempt holds while it goes on.
pub(super) enum Held<B: Breaks, K: Limits> {
    Waiting {
        breaker: B::State,
        place: K::Waiting,
        until: Until,
    },
    Running {
        ticket: B::Ticket,
        permit: K::Permit,
    },
}

impl<B: Breaks, K: Limits> Phase<B, K> {
    /// From one that holds nothing any more to the next: nothing has to be dropped.
    #[inline]
    fn turn_to(&mut self, next: Self) {
        std::mem::forget(std::mem::replace(self, next));
    }

    #[inline]
    pub(super) fn is_running(&self) -> bool {
        matches!(self, Self::Holding(Held::Running { .. }))
    }

    #[cold]
    fn refuse(&mut self, why: Kind) -> Opened {
        *self = Self::Refused(why);
        Opened::Refused
    }
}

/// When a wait in the queue is over, and what that is called.
#[derive(Clone, Copy)]
pub(super) struct Until {
    at: Stamp,
    /// The bulkhead's wait in nanoseconds; zero when the whole call's time is over earlier.
    wait: u64,
}

impl Until {
    #[cold]
    fn after(longest: Duration, run: &mut Run) -> Self {
        let at = run.now().plus(longest);
        if run.whose_deadline() == By::Total && run.deadline() < at {
            Self {
                at: run.deadline(),
                wait: 0,
            }
        } else {
            Self {
                at,
                wait: nanos(longest).max(1),
            }
        }
    }

    fn kind(self, run: &Run) -> Kind {
        match self.wait {
            0 => run.timed_out(By::Total),
            wait => Kind::BulkheadTimeout {
                wait: Duration::from_nanos(wait),
            },
        }
    }
}

/// What came of one poll of the gates.
pub(super) enum Opened {
    Open,
    Pending,
    Refused,
}

/// Goes through the gates, or waits in front of one. Inlined is what most calls do: the breaker is closed, and a
/// permit is free.
#[expect(clippy::inline_always, reason = "this is the way every call takes")]
#[inline(always)]
pub(super) fn open<R: Carrier, B: Breaks, K: Limits>(
    run: &mut Run,
    gates: &Gates<B, K>,
    phase: &mut Phase<B, K>,
    timer: Pin<&mut Option<Sleep>>,
    cx: &mut Context<'_>,
) -> Opened {
    if !matches!(phase, Phase::Start) {
        return wait(run, gates, phase, timer, cx);
    }
    if !run.begin_attempt::<R>(B::PRESENT) {
        return phase.refuse(Kind::DeadlineExceeded);
    }
    let breaker = gates.breaker.find();
    if let Some(admission) = B::admit_plainly(&breaker, run.now) {
        if let Some(permit) = gates.bulkhead.enter_plainly() {
            let ticket = B::ticket(breaker, admission);
            phase.turn_to(Phase::Holding(Held::Running { ticket, permit }));
            run.begin_body();
            return Opened::Open;
        }
    }
    decide(run, gates, phase, breaker, timer, cx)
}

/// The same where something is to be decided.
#[cold]
fn decide<B: Breaks, K: Limits>(
    run: &mut Run,
    gates: &Gates<B, K>,
    phase: &mut Phase<B, K>,
    breaker: B::State,
    timer: Pin<&mut Option<Sleep>>,
    cx: &mut Context<'_>,
) -> Opened {
    // Without a bulkhead there is nothing to wait for between looking and being admitted.
    if B::PRESENT && K::PRESENT {
        if let Err(kind) = B::look(&breaker, run.now) {
            return phase.refuse(kind);
        }
    }
    match gates.bulkhead.enter() {
        Entry::Entered(permit) => admit(run, gates, phase, breaker, permit),
        Entry::Full => phase.refuse(Kind::BulkheadFull),
        Entry::Queued(place, longest) => {
            let until = Until::after(longest, run);
            run.waits();
            phase.turn_to(Phase::Holding(Held::Waiting {
                breaker,
                place,
                until,
            }));
            wait(run, gates, phase, timer, cx)
        }
    }
}

/// In the queue: the permit, or the end of the wait, whichever comes first.
#[cold]
fn wait<B: Breaks, K: Limits>(
    run: &mut Run,
    gates: &Gates<B, K>,
    phase: &mut Phase<B, K>,
    mut timer: Pin<&mut Option<Sleep>>,
    cx: &mut Context<'_>,
) -> Opened {
    let Phase::Holding(Held::Waiting { place, until, .. }) = phase else {
        return Opened::Pending;
    };
    let permit = match K::poll(place, cx) {
        Poll::Ready(permit) => Some(permit),
        Poll::Pending if expired(timer.as_mut(), until.at, cx) => None,
        Poll::Pending => return Opened::Pending,
    };
    timer.set(None);
    run.read_clock(B::PRESENT);
    let Phase::Holding(Held::Waiting {
        breaker,
        place,
        until,
    }) = std::mem::replace(phase, Phase::Over)
    else {
        return Opened::Pending;
    };
    match permit.or_else(|| K::expire(place)) {
        // The queue may have eaten the time the attempt needs.
        Some(_) if !run.in_time() => phase.refuse(Kind::DeadlineExceeded),
        Some(permit) => {
            run.waited("bulkhead");
            admit(run, gates, phase, breaker, permit)
        }
        None => phase.refuse(until.kind(run)),
    }
}

/// Behind the queue the breaker has the last word: the world may have changed while the call waited.
fn admit<B: Breaks, K: Limits>(
    run: &mut Run,
    gates: &Gates<B, K>,
    phase: &mut Phase<B, K>,
    breaker: B::State,
    permit: K::Permit,
) -> Opened {
    let admitted = {
        let _span = run.heard.enter();
        gates.breaker.admit(breaker, run.now, run.site)
    };
    match admitted {
        Ok(ticket) => {
            phase.turn_to(Phase::Holding(Held::Running { ticket, permit }));
            run.begin_body();
            Opened::Open
        }
        Err(kind) => phase.refuse(kind),
    }
}

/// Hands the outcome to the breaker, then gives the permit back.
#[expect(clippy::inline_always, reason = "this is the way every call takes")]
#[inline(always)]
pub(super) fn close<B: Breaks, K: Limits>(
    run: &mut Run,
    gates: &Gates<B, K>,
    phase: &mut Phase<B, K>,
) {
    if let Phase::Holding(Held::Running { ticket, permit }) = phase {
        let _span = run.heard.enter();
        gates.breaker.finish(ticket, &run.verdict, run.site);
        K::leave(permit);
        phase.turn_to(Phase::Over);
    }
    finished(run);
}

/// The refusal as the function's caller sees it; the attempt is over.
#[cold]
pub(super) fn refused<B: Breaks, K: Limits>(run: &mut Run, phase: &mut Phase<B, K>) -> Rejected {
    match std::mem::replace(phase, Phase::Over) {
        Phase::Refused(why) => run.refused(why),
        _ => unreachable!("`open` says why it refuses"),
    }
}

/// Arms the timer the first time it is needed, and says whether its time has come.
pub(super) fn expired(mut timer: Pin<&mut Option<Sleep>>, at: Stamp, cx: &mut Context<'_>) -> bool {
    if timer.is_none() {
        timer.set(Some(sleep_until(at.to_instant())));
    }
    timer
        .as_pin_mut()
        .is_some_and(|timer| timer.poll(cx).is_ready())
}
