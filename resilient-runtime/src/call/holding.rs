//! What an attempt holds, when it is left to something that outlives its body. Goes in: a permit, and of an answer the
//! breaker's ticket. Comes out: the same, ended with the outcome of what went on, or given back when dropped.

use std::any::Any;
use std::sync::{Mutex, PoisonError};

use super::answer::Verdict;
use super::gate::{Breaks, Gates, Limits, Paces};
use super::open::{Held, Phase};
use super::run::Run;
use crate::context::Claims;
use crate::failure::Failure;

/// A breaker's ticket that is far from its gate. Dropped, it reports a dropped call.
#[doc(hidden)]
pub trait Ends: Send {
    fn end(self: Box<Self>, verdict: &Verdict);
}

/// Whatever gives itself back when it is dropped.
type Kept = Box<dyn Any + Send + Sync>;

pub(crate) struct Holding {
    breaker: Mutex<Option<Box<dyn Ends>>>,
    _permit: Kept,
}

impl Holding {
    /// What went on has ended like this.
    pub(crate) fn end(&self, failure: Option<Failure>) {
        let breaker = self
            .breaker
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(breaker) = breaker {
            breaker.end(&Verdict::said(failure));
        }
    }
}

/// The body is over, and somebody claims what the attempt holds: a stream, when there is an answer; a thread, always.
#[cold]
pub(super) fn leave<B: Breaks, L: Paces, K: Limits>(
    run: &mut Run,
    gates: &Gates<B, L, K>,
    phase: &mut Phase<B, L, K>,
) {
    let Phase::Holding(Held::Running {
        mut ticket,
        mut permit,
    }) = std::mem::replace(phase, Phase::Over)
    else {
        return;
    };
    let claims = run.tasks.take_claims();
    let answered = run.verdict.failure.is_none() && claims.living(true).next().is_some();
    let breaker = if answered {
        gates.breaker.carry(ticket, run.site)
    } else {
        gates.breaker.finish(&mut ticket, &run.verdict, run.site);
        None
    };
    if answered || claims.living(false).next().is_some() {
        give(&claims, answered, breaker, Box::new(permit));
    } else {
        // Whoever claimed it is done: an end like any other.
        gates.bulkhead.leave(&mut permit, &run.verdict, run.site);
    }
}

/// The attempt is dropped: a thread keeps the permit, a stream that nobody was given does not.
#[cold]
pub(super) fn abandon<B: Breaks, L: Paces, K: Limits>(run: &mut Run, phase: &mut Phase<B, L, K>) {
    if let Phase::Holding(Held::Running { permit, .. }) = std::mem::replace(phase, Phase::Over) {
        let claims = run.tasks.take_claims();
        give(&claims, false, None, Box::new(permit));
    }
}

fn give(claims: &Claims, answered: bool, breaker: Option<Box<dyn Ends>>, permit: Kept) {
    let holding = std::sync::Arc::new(Holding {
        breaker: Mutex::new(breaker),
        _permit: permit,
    });
    let streams = claims.living(true).filter(|_| answered);
    for claim in claims.living(false).chain(streams) {
        claim.give(std::sync::Arc::clone(&holding));
    }
}
