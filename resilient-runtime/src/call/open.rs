//! Through the gates: breaker looks, rate limit, bulkhead, breaker admits.
//!
//! Instantiated once for each combination of policies, not for each function.

mod queues;
mod timer;

use std::pin::Pin;
use std::task::Context;

use tokio::time::Sleep;

pub(in crate::call) use self::queues::Until;
use self::queues::{pace, seek_permit, wait};
pub(super) use self::timer::{expired, rearm};
use super::answer::Verdict;
use super::bare::finished;
use super::gate::{Breaks, Gates, Limits, Paced, Paces};
use super::holding::{abandon, leave};
use super::inside::Carrier;
use super::run::Run;
use crate::clock::Stamp;
use crate::event::NoHedge;
use crate::rejected::{Kind, Rejected};

/// Where an attempt stands.
pub(super) enum Phase<B: Breaks, L: Paces, K: Limits> {
    Start,
    Holding(Held<B, L, K>),
    /// By a gate, or for want of time.
    Refused(Kind),
    Over,
}

/// What an attempt holds while it goes on. The breaker is found anew behind a queue: a future that waits is kept small.
pub(super) enum Held<B: Breaks, L: Paces, K: Limits> {
    /// For a token of the rate limit, which is due in time unless its rate was lowered meanwhile.
    Pacing { place: L::Waiting, until: Stamp },
    /// For a permit of the bulkhead.
    Waiting {
        token: L::Token,
        place: K::Waiting,
        until: Until,
    },
    Running {
        ticket: B::Ticket,
        permit: K::Permit,
    },
}

impl<B: Breaks, L: Paces, K: Limits> Phase<B, L, K> {
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
pub(super) fn open<R: Carrier, B: Breaks, L: Paces, K: Limits>(
    run: &mut Run,
    gates: &Gates<B, L, K>,
    phase: &mut Phase<B, L, K>,
    timer: Pin<&mut Option<Sleep>>,
    cx: &mut Context<'_>,
) -> Opened {
    if !matches!(phase, Phase::Start) {
        return wait(run, gates, phase, timer, cx);
    }
    let breaker = gates.breaker.find();
    if !run.begin_attempt::<R>(L::PRESENT || B::is_timed(&breaker)) {
        return phase.refuse(Kind::DeadlineExceeded);
    }
    let mut passed = false;
    if let Some(admission) = B::admit_plainly(&breaker, run.now) {
        passed = gates.rate_limit.take_plainly(run.now);
        if passed {
            if let Some(permit) = gates.bulkhead.enter_plainly() {
                let ticket = B::ticket(breaker, admission);
                phase.turn_to(Phase::Holding(Held::Running { ticket, permit }));
                run.begin_body();
                return Opened::Open;
            }
        }
    }
    decide(run, gates, phase, &breaker, passed, timer, cx)
}

/// The same where something is to be decided; the token may be taken already.
#[cold]
fn decide<B: Breaks, L: Paces, K: Limits>(
    run: &mut Run,
    gates: &Gates<B, L, K>,
    phase: &mut Phase<B, L, K>,
    breaker: &B::State,
    passed: bool,
    timer: Pin<&mut Option<Sleep>>,
    cx: &mut Context<'_>,
) -> Opened {
    if B::PRESENT {
        // A breaker that was closed a moment ago may have had no use for it.
        run.now();
    }
    if passed {
        let token = gates.rate_limit.taken(run.now);
        return seek_permit(run, gates, phase, token, timer, cx);
    }
    // Without a queue there is nothing to wait for between looking and being admitted: an open breaker refuses here
    // all the same, where that is quicker, but for one that still has to say how it came to that.
    if B::PRESENT && (L::PRESENT || K::PRESENT || !B::is_owed(breaker)) {
        if let Err(kind) = B::look(breaker, run.now) {
            return phase.refuse(kind);
        }
    }
    let latest = run.latest_start();
    let paced = {
        let _span = run.heard.enter();
        gates.rate_limit.enter(run.now, latest)
    };
    match paced {
        Paced::Entered(token) => seek_permit(run, gates, phase, token, timer, cx),
        Paced::Refused(retry_after) => phase.refuse(Kind::RateLimited { retry_after }),
        Paced::Queued(place, longest) => {
            let until = run.now().plus(longest).min(run.deadline());
            run.waits();
            phase.turn_to(Phase::Holding(Held::Pacing { place, until }));
            pace(run, gates, phase, timer, cx)
        }
    }
}

/// Behind the queues the breaker has the last word: the world may have changed while the call waited.
fn admit<B: Breaks, L: Paces, K: Limits>(
    run: &mut Run,
    gates: &Gates<B, L, K>,
    phase: &mut Phase<B, L, K>,
    token: L::Token,
    permit: K::Permit,
) -> Opened {
    let admitted = {
        let _span = run.heard.enter();
        gates.breaker.admit(gates.breaker.find(), run.now, run.site)
    };
    match admitted {
        Ok(ticket) => {
            L::spend(token);
            phase.turn_to(Phase::Holding(Held::Running { ticket, permit }));
            run.begin_body();
            Opened::Open
        }
        Err(kind) => phase.refuse(kind),
    }
}

/// For a hedge: what is free at this moment, or nothing. It neither waits nor probes.
#[cold]
pub(super) fn take<B: Breaks, L: Paces, K: Limits>(
    run: &mut Run,
    gates: &Gates<B, L, K>,
    phase: &mut Phase<B, L, K>,
) -> Result<(), NoHedge> {
    if !B::is_closed(&gates.breaker.find()) {
        return Err(NoHedge::Breaker);
    }
    if !gates.rate_limit.take_plainly(run.now) {
        return Err(NoHedge::RateLimit);
    }
    // Given back where it is of no use.
    let token = gates.rate_limit.taken(run.now);
    let permit = gates.bulkhead.enter_plainly();
    let permit = permit.ok_or(NoHedge::Permit)?;
    match admit(run, gates, phase, token, permit) {
        Opened::Open => Ok(()),
        Opened::Pending | Opened::Refused => Err(NoHedge::Breaker),
    }
}

/// Of a lane that lost: gives back what it holds, and counts as nothing.
#[cold]
pub(super) fn cancel<B: Breaks, L: Paces, K: Limits>(
    run: &mut Run,
    gates: &Gates<B, L, K>,
    phase: &mut Phase<B, L, K>,
) {
    if let Phase::Holding(Held::Running { ticket, .. }) = phase {
        gates.breaker.finish(ticket, &Verdict::NOTHING, run.site);
    }
    abandon(run, phase);
}

/// Hands the outcome to the breaker, then gives the permit back.
#[expect(clippy::inline_always, reason = "this is the way every call takes")]
#[inline(always)]
pub(super) fn close<B: Breaks, L: Paces, K: Limits>(
    run: &mut Run,
    gates: &Gates<B, L, K>,
    phase: &mut Phase<B, L, K>,
) {
    if let Phase::Holding(Held::Running { ticket, permit }) = phase {
        if run.tasks.are_claiming() {
            leave(run, gates, phase);
            return finished(run);
        }
        let _span = run.heard.enter();
        gates.breaker.finish(ticket, &run.verdict, run.site);
        gates.bulkhead.leave(permit, &run.verdict, run.site);
        phase.turn_to(Phase::Over);
    }
    finished(run);
}

/// The refusal as the function's caller sees it; the attempt is over.
#[cold]
pub(super) fn refused<B: Breaks, L: Paces, K: Limits>(
    run: &mut Run,
    phase: &mut Phase<B, L, K>,
) -> Rejected {
    match std::mem::replace(phase, Phase::Over) {
        Phase::Refused(why) => run.refused(why),
        _ => unreachable!("`open` says why it refuses"),
    }
}
