//! Plain values of the context: deadline, depth of retries, depth of events. Goes in: a value for the length of one
//! poll. Comes out: the innermost one. Refuses to be kept: the guard puts the outer value back.

use std::marker::PhantomData;

use super::{Became, Begun, CONTEXT, Context, Known};
use crate::clock::Stamp;

/// One plain value of the context, named by a type, so that a guard knows at compile time what it restores.
pub(crate) trait Field {
    /// What the field holds.
    type Value: Copy;
    fn get(context: &Context) -> Self::Value;
    fn set(context: &Context, value: Self::Value);
}

/// The instant nested calls must not outlive.
pub(crate) struct Deadline;
/// Which non-idempotent calls the attempt being polled has started.
pub(crate) struct Started;
/// How many repeating calls enclose the one being polled.
pub(crate) struct Retries;
/// How many observers of this thread are in the middle of an event.
pub(crate) struct Observing;

impl Field for Deadline {
    type Value = Stamp;
    #[inline]
    fn get(context: &Context) -> Stamp {
        context.deadline.get()
    }
    #[inline]
    fn set(context: &Context, value: Stamp) {
        context.deadline.set(value);
    }
}

impl Field for Started {
    type Value = Begun;
    #[inline]
    fn get(context: &Context) -> Begun {
        context.known.get().started()
    }
    #[inline]
    fn set(context: &Context, value: Begun) {
        let mut known = context.known.get();
        known.set_started(value);
        context.known.set(known);
    }
}

impl Field for Retries {
    type Value = u32;
    #[inline]
    fn get(context: &Context) -> u32 {
        context.known.get().depth()
    }
    #[inline]
    fn set(context: &Context, value: u32) {
        let mut known = context.known.get();
        known.set_depth(value);
        context.known.set(known);
    }
}

impl Field for Observing {
    type Value = u32;
    #[inline]
    fn get(context: &Context) -> u32 {
        context.observing.get()
    }
    #[inline]
    fn set(context: &Context, value: u32) {
        context.observing.set(value);
    }
}

/// Puts the outer value of a plain field back when dropped.
#[must_use = "the value holds only while the guard lives"]
pub(crate) struct Enter<F: Field> {
    outer: F::Value,
    /// A guard belongs to the poll, hence to the thread, that made it.
    here: PhantomData<*const F>,
}

impl<F: Field> Enter<F> {
    #[inline]
    pub(super) fn with(value: F::Value) -> Self {
        CONTEXT.with(|context| {
            let outer = F::get(context);
            F::set(context, value);
            Self {
                outer,
                here: PhantomData,
            }
        })
    }
}

impl<F: Field> Drop for Enter<F> {
    #[inline]
    fn drop(&mut self) {
        CONTEXT.with(|context| F::set(context, self.outer));
    }
}

#[inline]
pub(super) fn read<F: Field>() -> F::Value {
    CONTEXT.with(F::get)
}

/// The time before which the call being polled has to end; [`Stamp::FOREVER`] outside of one, or without a limit.
#[inline]
pub(crate) fn deadline() -> Stamp {
    read::<Deadline>()
}

/// What a call looks at when it begins.
pub(crate) struct Around {
    pub(crate) deadline: Stamp,
    /// A retry or a marked transaction is around.
    pub(crate) is_notable: bool,
}

/// What is around the call being polled.
#[inline]
pub(crate) fn around() -> Around {
    CONTEXT.with(|context| Around {
        deadline: context.deadline.get(),
        is_notable: context.known.get().depth() != 0 || context.marked.get(),
    })
}

/// Whether nobody around will end a call at this deadline.
#[inline]
pub(crate) fn is_alone(deadline: Stamp) -> bool {
    CONTEXT.with(|context| context.alone.get() == deadline)
}

/// Polls something that has to end before this deadline of a call that is elsewhere.
pub(crate) fn enter_alone(own: Stamp) -> Alone {
    let deadline = enter_deadline(own);
    // Somebody around who has less time keeps it.
    let alone = if self::deadline() == own && deadline.outer > own {
        own
    } else {
        Stamp::NEVER
    };
    Alone {
        outer: CONTEXT.with(|context| context.alone.replace(alone)),
        _deadline: deadline,
    }
}

/// Puts the outer deadline back when dropped.
#[must_use = "the deadline holds only while the guard lives"]
pub(crate) struct Alone {
    outer: Stamp,
    _deadline: Enter<Deadline>,
}

impl Drop for Alone {
    fn drop(&mut self) {
        CONTEXT.with(|context| context.alone.set(self.outer));
    }
}

/// Polls something this deep inside retries.
pub(crate) fn enter_retries(depth: u32) -> Enter<Retries> {
    Enter::with(depth)
}

/// Polls something that has to end before this deadline, too.
#[inline]
pub(crate) fn enter_deadline(own: Stamp) -> Enter<Deadline> {
    Enter::with(own.min(deadline()))
}

/// How many repeating calls enclose the one being polled; zero outside of any.
#[inline]
pub(crate) fn retries() -> u32 {
    read::<Retries>()
}

/// How many observers of this thread are in the middle of an event.
#[inline]
pub(crate) fn observing() -> u32 {
    read::<Observing>()
}

/// Delivers an event: one level deeper than its surroundings. What an observer calls is no part of the call that it hears
/// of: whatever that had begun, repeated and said of itself is what it was before.
#[inline]
pub(crate) fn enter_observing() -> Observed {
    CONTEXT.with(|context| Observed {
        _deeper: Enter::with(context.observing.get().saturating_add(1)),
        known: context.known.get(),
        became: context.became.get(),
    })
}

/// Puts everything back when dropped.
#[must_use = "the event is being delivered only while the guard lives"]
pub(crate) struct Observed {
    _deeper: Enter<Observing>,
    known: Known,
    became: Became,
}

impl Drop for Observed {
    fn drop(&mut self) {
        CONTEXT.with(|context| {
            context.known.set(self.known);
            context.became.set(self.became);
        });
    }
}
