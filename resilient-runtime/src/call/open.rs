//! Through the gates: breaker looks, rate limit, bulkhead, breaker admits.
//!
//! Instantiated once for each combination of policies, not for each function.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Sleep, sleep_until};

use super::answer::Verdict;
use super::bare::finished;
use super::gate::{Breaks, Entry, Gates, Limits, Paced, Paces};
use super::holding::{abandon, leave};
use super::inside::Carrier;
use super::run::{By, Run};
use crate::clock::{Stamp, nanos};
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

/// When a wait for a permit is over, and whose limit that is. Small: every future that may wait holds one.
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
    // Without a queue there is nothing to wait for between looking and being admitted.
    if B::PRESENT && (L::PRESENT || K::PRESENT) {
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

/// In a queue: its end, whichever way.
#[cold]
fn wait<B: Breaks, L: Paces, K: Limits>(
    run: &mut Run,
    gates: &Gates<B, L, K>,
    phase: &mut Phase<B, L, K>,
    timer: Pin<&mut Option<Sleep>>,
    cx: &mut Context<'_>,
) -> Opened {
    match phase {
        Phase::Holding(Held::Pacing { .. }) => pace(run, gates, phase, timer, cx),
        Phase::Holding(Held::Waiting { .. }) => wait_for_permit(run, gates, phase, timer, cx),
        _ => Opened::Pending,
    }
}

/// In the queue of the rate limit: sleeps until the place is due, which may become earlier.
fn pace<B: Breaks, L: Paces, K: Limits>(
    run: &mut Run,
    gates: &Gates<B, L, K>,
    phase: &mut Phase<B, L, K>,
    mut timer: Pin<&mut Option<Sleep>>,
    cx: &mut Context<'_>,
) -> Opened {
    let Phase::Holding(Held::Pacing { place, until, .. }) = phase else {
        return Opened::Pending;
    };
    let token = loop {
        run.read_clock(true);
        match L::poll(place, run.now, cx) {
            Ok(token) => break Some(token),
            Err(_) if *until <= run.now => break None,
            Err(due) => {
                let at = due.min(*until);
                rearm(timer.as_mut(), at);
                if !expired(timer.as_mut(), at, cx) {
                    return Opened::Pending;
                }
            }
        }
    };
    timer.set(None);
    let Phase::Holding(Held::Pacing { place, .. }) = std::mem::replace(phase, Phase::Over) else {
        return Opened::Pending;
    };
    match token.map_or_else(|| L::expire(place, run.now), Ok) {
        // The queue may have eaten the time the attempt needs.
        Ok(_) if !run.in_time() => phase.refuse(Kind::DeadlineExceeded),
        Ok(token) => {
            run.waited("rate_limit");
            seek_permit(run, gates, phase, token, timer, cx)
        }
        Err(_) if run.whose_deadline() == By::Total && run.deadline() <= run.now => {
            phase.refuse(run.timed_out(By::Total))
        }
        Err(retry_after) => phase.refuse(Kind::RateLimited { retry_after }),
    }
}

/// With a token: a permit, or a place in the queue for one.
fn seek_permit<B: Breaks, L: Paces, K: Limits>(
    run: &mut Run,
    gates: &Gates<B, L, K>,
    phase: &mut Phase<B, L, K>,
    token: L::Token,
    timer: Pin<&mut Option<Sleep>>,
    cx: &mut Context<'_>,
) -> Opened {
    match gates.bulkhead.enter() {
        Entry::Entered(permit) => admit(run, gates, phase, token, permit),
        Entry::Full => phase.refuse(Kind::BulkheadFull),
        Entry::Queued(place, longest) => {
            let until = Until::after(longest, run);
            run.waits();
            phase.turn_to(Phase::Holding(Held::Waiting {
                token,
                place,
                until,
            }));
            wait_for_permit(run, gates, phase, timer, cx)
        }
    }
}

/// In the queue of the bulkhead: the permit, or the end of the wait, whichever comes first.
fn wait_for_permit<B: Breaks, L: Paces, K: Limits>(
    run: &mut Run,
    gates: &Gates<B, L, K>,
    phase: &mut Phase<B, L, K>,
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
        token,
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
            admit(run, gates, phase, token, permit)
        }
        None => phase.refuse(until.kind(run)),
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

/// Sets an armed timer to another instant.
pub(super) fn rearm(timer: Pin<&mut Option<Sleep>>, at: Stamp) {
    if let Some(timer) = timer.as_pin_mut() {
        let at = at.to_instant();
        if timer.deadline() != at {
            timer.reset(at);
        }
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
