//! In front of the gates: the queues for a token and for a permit. Goes in: an attempt that has to wait. Comes out: what it waited
//! for, or the refusal that says how long it would have been. Refuses to start an attempt whose time the queue has eaten.
//!
//! Dropped in a queue, an attempt leaves its place, and whoever stands behind it moves up.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Sleep;

use super::timer::{expired, rearm};
use super::{Held, Opened, Phase, admit};
use crate::call::gate::{Breaks, Entry, Gates, Limits, Paces};
use crate::call::run::{By, Run};
use crate::clock::{Stamp, nanos};
use crate::rejected::Kind;

/// When a wait for a permit is over, and whose limit that is. Small: every future that may wait holds one.
#[derive(Clone, Copy)]
pub(in crate::call) struct Until {
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

/// In a queue: its end, whichever way.
#[cold]
pub(super) fn wait<B: Breaks, L: Paces, K: Limits>(
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
pub(super) fn pace<B: Breaks, L: Paces, K: Limits>(
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
pub(super) fn seek_permit<B: Breaks, L: Paces, K: Limits>(
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
