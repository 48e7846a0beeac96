//! What an attempt started, and what became of it. Goes in: the counts of one attempt, for the length of one poll.
//! Comes out: the same counts with what began and ended in that poll, also when it panicked. Refuses to lose a started call.

use std::marker::PhantomData;

use super::plain::{Enter, Started, read};
use super::{Became, Begun, CONTEXT, Inner};
use crate::clock::Stamp;
use crate::failure::Failure;

/// Which non-idempotent calls the attempt being polled has started so far.
#[inline]
pub(crate) fn started() -> Begun {
    read::<Started>()
}

/// Polls an attempt that has started these so far. Read [`started`] before the guard goes to carry the
/// count to the attempt's next poll; the outer attempt's own count is untouched by the inner one.
#[inline]
pub(crate) fn enter_attempt(started: Begun) -> Enter<Started> {
    Enter::with(started)
}

/// Polls a task of an attempt: what it starts is in `started` afterwards, and not with the attempt around it.
pub(crate) fn enter_task(started: &mut Begun) -> OfTask<'_> {
    OfTask {
        around: CONTEXT.with(|context| context.started.replace(*started)),
        started,
        here: PhantomData,
    }
}

/// Takes the count out when dropped.
#[must_use = "the task counts only while the guard lives"]
pub(crate) struct OfTask<'a> {
    around: Begun,
    started: &'a mut Begun,
    here: PhantomData<*const ()>,
}

impl Drop for OfTask<'_> {
    fn drop(&mut self) {
        *self.started = CONTEXT.with(|context| context.started.replace(self.around));
    }
}

/// Tells the attempt being polled that a non-idempotent call in it was started.
#[inline]
pub(crate) fn mark_started() {
    CONTEXT.with(|context| context.started.set(context.started.get().begin()));
}

/// Tells it that such a call is over, and what it said in the poll that made it ready.
#[inline]
pub(crate) fn mark_ended() {
    CONTEXT.with(|context| {
        let became = context.became.replace(Became::Unknown);
        context.started.set(context.started.get().end(became));
    });
}

/// These calls, which the attempt being polled counts, were certainly not carried out.
#[cold]
pub(crate) fn take_back(started: Begun) {
    CONTEXT.with(|context| context.started.set(context.started.get().without(started)));
}

/// Said by a call when it is over.
#[inline]
pub(crate) fn set_became(became: Became) {
    CONTEXT.with(|context| context.became.set(became));
}

/// The same, by its last answer; none is a success.
#[inline]
pub(crate) fn note_outcome(failure: Option<&Failure>) {
    set_became(Became::of(failure));
}

/// What the call that was just polled to its end said.
#[inline]
pub(crate) fn take_became() -> Became {
    CONTEXT.with(|context| context.became.replace(Became::Unknown))
}

/// Polls an attempt with a deadline and a count of its own; one of a call that `repeats` is one level deeper than
/// its surroundings. What the attempt starts in this poll is added to `started` and to the count of the attempt
/// around it, also when the poll panics; of a `vouched` one it is forgotten. What repeats inside of one that `repeats` is
/// kept in `inner`.
#[inline]
pub(crate) fn enter_counted<'a>(
    limit: Stamp,
    started: &'a mut Begun,
    inner: &'a mut Inner,
    vouched: bool,
    repeats: bool,
) -> Counted<'a> {
    CONTEXT.with(|context| {
        let outer = context.deadline.get();
        context.deadline.set(limit.min(outer));
        let depth = context.retries.get();
        // The stack ends long before the count.
        context.retries.set(depth.wrapping_add(u32::from(repeats)));
        Counted {
            deadline: outer,
            retries: depth,
            around: context.started.replace(*started),
            started,
            inside: repeats.then(|| (context.inside.replace(*inner), inner)),
            vouched,
            here: PhantomData,
        }
    })
}

/// Puts the values of the surroundings back when dropped, and hands the count on.
#[must_use = "the attempt counts only while the guard lives"]
pub(crate) struct Counted<'a> {
    deadline: Stamp,
    retries: u32,
    around: Begun,
    started: &'a mut Begun,
    /// What the surroundings know of it, and whose it is meanwhile.
    inside: Option<(Inner, &'a mut Inner)>,
    vouched: bool,
    here: PhantomData<*const ()>,
}

impl Drop for Counted<'_> {
    #[inline]
    fn drop(&mut self) {
        CONTEXT.with(|context| {
            context.deadline.set(self.deadline);
            context.retries.set(self.retries);
            if let Some((around, inner)) = &mut self.inside {
                **inner = context.inside.replace(*around);
            }
            let now = context.started.replace(self.around);
            if now != *self.started && !self.vouched {
                // One that began in an earlier poll may be over by now.
                let around = self.around.with(*self.started, now);
                context.started.set(around);
                *self.started = now;
            }
        });
    }
}
