//! What an attempt started, and what became of it. Goes in: the counts of one attempt, for the length of one poll.
//! Comes out: the same counts with what began and ended in that poll, also when it panicked. Refuses to lose a started call.

use std::marker::PhantomData;

use super::plain::{Enter, Field, Started, read};
use super::{Became, Begun, CONTEXT, Known};
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
        _around: enter_attempt(*started),
        started,
    }
}

/// Takes the count out when dropped.
#[must_use = "the task counts only while the guard lives"]
pub(crate) struct OfTask<'a> {
    started: &'a mut Begun,
    _around: Enter<Started>,
}

impl Drop for OfTask<'_> {
    fn drop(&mut self) {
        *self.started = started();
    }
}

#[inline]
fn change(how: impl FnOnce(Begun) -> Begun) {
    CONTEXT.with(|context| Started::set(context, how(Started::get(context))));
}

/// Tells the attempt being polled that a non-idempotent call in it was started.
#[inline]
pub(crate) fn mark_started() {
    change(Begun::begin);
}

/// Tells it that such a call is over, and what it said in the poll that made it ready.
#[inline]
pub(crate) fn mark_ended() {
    let became = take_became();
    change(|started| started.end(became));
}

/// These calls, which the attempt being polled counts, were certainly not carried out.
#[cold]
pub(crate) fn take_back(started: Begun) {
    change(|now| now.without(started));
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

/// Polls an attempt with a deadline and a count of its `own`; one of a call that `repeats` is one level deeper than
/// its surroundings. What the attempt starts in this poll is added to `own` and to the count of the attempt
/// around it, also when the poll panics; of a `vouched` one it is forgotten. What repeats inside of one that `repeats` is
/// kept in `own`.
#[inline]
pub(crate) fn enter_counted(
    limit: Stamp,
    own: &mut Known,
    vouched: bool,
    repeats: bool,
) -> Counted<'_> {
    CONTEXT.with(|context| {
        let deadline = context.deadline.get();
        context.deadline.set(limit.min(deadline));
        let around = context.known.get();
        let entered = if repeats {
            around.repeated(*own)
        } else {
            around.attempt(*own)
        };
        context.known.set(entered);
        Counted {
            deadline,
            around,
            entered,
            own,
            vouched,
            repeats,
            here: PhantomData,
        }
    })
}

/// Puts the values of the surroundings back when dropped, and hands the count on.
#[must_use = "the attempt counts only while the guard lives"]
pub(crate) struct Counted<'a> {
    deadline: Stamp,
    around: Known,
    entered: Known,
    own: &'a mut Known,
    vouched: bool,
    repeats: bool,
    here: PhantomData<*const ()>,
}

impl Drop for Counted<'_> {
    #[inline]
    fn drop(&mut self) {
        CONTEXT.with(|context| {
            context.deadline.set(self.deadline);
            let now = context.known.get();
            context.known.set(if now == self.entered {
                self.around
            } else {
                hand_on(self.own, self.around, now, self.vouched, self.repeats)
            });
        });
    }
}

/// Something has begun or was repeated: what the surroundings know from now on. (All by value, so that nothing of the guard
/// has to be in memory.)
#[cold]
fn hand_on(own: &mut Known, mut around: Known, now: Known, vouched: bool, repeats: bool) -> Known {
    if repeats {
        own.set_inside(now.inside());
    } else {
        around.set_inside(now.inside());
    }
    if !vouched {
        // One that began in an earlier poll may be over by now.
        around.set_started(around.started().with(own.started(), now.started()));
        own.set_started(now.started());
    }
    around
}
