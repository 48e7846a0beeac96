//! What an attempt started, and whether it was sent. Goes in: the counts of one attempt, for the length of one poll.
//! Comes out: the same counts with what began in that poll, also when it panicked. Refuses to lose a started call.

use std::marker::PhantomData;

use super::plain::{Enter, Started, read};
use super::{CONTEXT, Inner};
use crate::clock::Stamp;
use crate::failure::Failure;

/// How many non-idempotent calls the attempt being polled has started so far.
#[inline]
pub(crate) fn started() -> u32 {
    read::<Started>()
}

/// Polls an attempt that has started this many so far. Read [`started`] before the guard goes to carry the
/// count to the attempt's next poll; the outer attempt's own count is untouched by the inner one.
#[inline]
pub(crate) fn enter_attempt(started: u32) -> Enter<Started> {
    Enter::with(started)
}

/// Polls a task of an attempt: what it starts is in `started` afterwards, and not with the attempt around it.
pub(crate) fn enter_task(started: &mut u32) -> OfTask<'_> {
    OfTask {
        around: CONTEXT.with(|context| context.started.replace(*started)),
        started,
        here: PhantomData,
    }
}

/// Takes the count out when dropped.
#[must_use = "the task counts only while the guard lives"]
pub(crate) struct OfTask<'a> {
    around: u32,
    started: &'a mut u32,
    here: PhantomData<*const ()>,
}

impl Drop for OfTask<'_> {
    fn drop(&mut self) {
        *self.started = CONTEXT.with(|context| context.started.replace(self.around));
    }
}

/// Tells the attempt being polled that a non-idempotent call in it was started, or ended other than "not sent".
#[inline]
pub(crate) fn mark_started() {
    CONTEXT.with(|context| context.started.set(context.started.get().saturating_add(1)));
}

/// Adds to the count of the attempt being polled; wraps, so that a call can be taken back.
#[inline]
pub(crate) fn add_started(calls: u32) {
    if calls != 0 {
        CONTEXT.with(|context| {
            context
                .started
                .set(context.started.get().wrapping_add(calls));
        });
    }
}

/// Said by a call when it is over: whether it was certainly not sent.
#[inline]
pub(crate) fn set_not_sent(certain: bool) {
    CONTEXT.with(|context| context.not_sent.set(certain));
}

/// The same, by its last answer; none is a success.
#[inline]
pub(crate) fn note_outcome(failure: Option<&Failure>) {
    set_not_sent(failure.is_some_and(Failure::is_not_sent));
}

/// What the call that was just polled to its end said.
#[inline]
pub(crate) fn take_not_sent() -> bool {
    CONTEXT.with(|context| context.not_sent.replace(false))
}

/// Polls an attempt with a deadline and a count of its own; one of a call that `repeats` is one level deeper than
/// its surroundings. What the attempt starts in this poll is added to `started` and to the count of the attempt
/// around it, also when the poll panics; of a `vouched` one it is forgotten. What repeats inside of one that `repeats` is
/// kept in `inner`.
#[inline]
pub(crate) fn enter_counted<'a>(
    limit: Stamp,
    started: &'a mut u32,
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
    around: u32,
    started: &'a mut u32,
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
            if !self.vouched {
                // Wraps: a call that was not sent is taken back, maybe in a later poll.
                let new = now.wrapping_sub(*self.started);
                context.started.set(self.around.wrapping_add(new));
                *self.started = now;
            }
        });
    }
}
