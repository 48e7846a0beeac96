//! What an annotated call inherits from the call around it: scope, deadline, retries, started effects, key.
//!
//! In: guards that a driver holds for the length of one poll. Out: the values of the innermost guard.
//! Refuses to outlive a poll: a guard is not `Send`, so it cannot be kept across an await, and it puts
//! the outer value back when dropped, also when the poll panics.
//!
//! One thread-local, made at compile time and never dropped: reading it is one load, and the destructors of
//! other thread-locals may read it. Nothing leaks for want of a destructor, because it is empty whenever no
//! poll is running: every guard puts back what it found.

use std::cell::Cell;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::sync::Arc;

use crate::clock::Stamp;
use crate::failure::Failure;
use crate::scope::{Contents, Scope};

thread_local! {
    static CONTEXT: Context = const {
        Context {
            scoped: Cell::new(false),
            started: Cell::new(0),
            retries: Cell::new(0),
            observing: Cell::new(0),
            not_sent: Cell::new(false),
            deadline: Cell::new(Stamp::FOREVER),
            scope: Slot::EMPTY,
            key: Slot::EMPTY,
        }
    };
}

/// The fields are private: everybody else goes through the guards below.
pub(crate) struct Context {
    /// Whether `scope` holds one: the only thing the hot path asks.
    scoped: Cell<bool>,
    started: Cell<u32>,
    retries: Cell<u32>,
    observing: Cell<u32>,
    /// A message from a call to the future that declares its effect, within one poll.
    not_sent: Cell<bool>,
    deadline: Cell<Stamp>,
    scope: Slot<Contents>,
    key: Slot<str>,
}

/// A counted value that is moved in and out, so that entering and leaving touch no reference count.
struct Slot<T: ?Sized>(Cell<ManuallyDrop<Option<Arc<T>>>>);

impl<T: ?Sized> Slot<T> {
    #[expect(
        clippy::declare_interior_mutable_const,
        reason = "copied into one thread-local"
    )]
    const EMPTY: Self = Self(Cell::new(ManuallyDrop::new(None)));

    #[inline]
    fn swap(&self, other: &mut Option<Arc<T>>) {
        let inner = self.0.replace(ManuallyDrop::new(other.take()));
        *other = ManuallyDrop::into_inner(inner);
    }

    fn get(&self) -> Option<Arc<T>> {
        let held = self.0.take();
        let copy = (*held).clone();
        self.0.set(held);
        copy
    }
}

/// One plain value of the context, named by a type, so that a guard knows at compile time what it restores.
pub(crate) trait Field {
    /// What the field holds.
    type Value: Copy;
    /// Where it is.
    fn cell(context: &Context) -> &Cell<Self::Value>;
}

/// The instant nested calls must not outlive.
pub(crate) struct Deadline;
/// How many non-idempotent calls the attempt being polled has started.
pub(crate) struct Started;
/// How many repeating calls enclose the one being polled.
pub(crate) struct Retries;
/// How many observers of this thread are in the middle of an event.
pub(crate) struct Observing;

impl Field for Deadline {
    type Value = Stamp;
    #[inline]
    fn cell(context: &Context) -> &Cell<Stamp> {
        &context.deadline
    }
}

impl Field for Started {
    type Value = u32;
    #[inline]
    fn cell(context: &Context) -> &Cell<u32> {
        &context.started
    }
}

impl Field for Retries {
    type Value = u32;
    #[inline]
    fn cell(context: &Context) -> &Cell<u32> {
        &context.retries
    }
}

impl Field for Observing {
    type Value = u32;
    #[inline]
    fn cell(context: &Context) -> &Cell<u32> {
        &context.observing
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
    fn with(value: F::Value) -> Self {
        let outer = CONTEXT.with(|context| F::cell(context).replace(value));
        Self {
            outer,
            here: PhantomData,
        }
    }
}

impl<F: Field> Drop for Enter<F> {
    #[inline]
    fn drop(&mut self) {
        CONTEXT.with(|context| F::cell(context).set(self.outer));
    }
}

#[inline]
fn read<F: Field>() -> F::Value {
    CONTEXT.with(|context| F::cell(context).get())
}

/// The time before which the call being polled has to end; [`Stamp::FOREVER`] outside of one, or without a limit.
#[inline]
pub(crate) fn deadline() -> Stamp {
    read::<Deadline>()
}

/// Polls something that has to end before this deadline, too.
#[inline]
pub(crate) fn enter_deadline(own: Stamp) -> Enter<Deadline> {
    Enter::with(own.min(deadline()))
}

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

/// How many repeating calls enclose the one being polled; zero outside of any.
#[inline]
pub(crate) fn retries() -> u32 {
    read::<Retries>()
}

/// Polls an attempt of a call that repeats: one level deeper than its surroundings, with a deadline and a count
/// of its own. What the attempt starts in this poll is added to `started` and to the count of the attempt
/// around it, also when the poll panics; of a `vouched` one it is forgotten.
#[inline]
pub(crate) fn enter_repeated(limit: Stamp, started: &mut u32, vouched: bool) -> Repeated<'_> {
    CONTEXT.with(|context| {
        let outer = context.deadline.get();
        context.deadline.set(limit.min(outer));
        let depth = context.retries.get();
        // The stack ends long before the count.
        context.retries.set(depth.wrapping_add(1));
        Repeated {
            deadline: outer,
            retries: depth,
            around: context.started.replace(*started),
            started,
            vouched,
            here: PhantomData,
        }
    })
}

/// Puts the values of the surroundings back when dropped, and hands the count on.
#[must_use = "the attempt counts only while the guard lives"]
pub(crate) struct Repeated<'a> {
    deadline: Stamp,
    retries: u32,
    around: u32,
    started: &'a mut u32,
    vouched: bool,
    here: PhantomData<*const ()>,
}

impl Drop for Repeated<'_> {
    #[inline]
    fn drop(&mut self) {
        CONTEXT.with(|context| {
            context.deadline.set(self.deadline);
            context.retries.set(self.retries);
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

/// How many observers of this thread are in the middle of an event.
#[inline]
pub(crate) fn observing() -> u32 {
    read::<Observing>()
}

/// Delivers an event: one level deeper than its surroundings.
#[inline]
pub(crate) fn enter_observing() -> Enter<Observing> {
    Enter::with(observing().saturating_add(1))
}

/// The idempotency key of the call being polled.
#[inline]
pub(crate) fn key() -> Option<Arc<str>> {
    CONTEXT.with(|context| context.key.get())
}

/// Polls a call that owns this idempotency key. The key is lent to the context and is back in `own` afterwards.
#[inline]
pub(crate) fn enter_key(own: &mut Option<Arc<str>>) -> EnterKey<'_> {
    CONTEXT.with(|context| context.key.swap(own));
    EnterKey {
        lent: own,
        here: PhantomData,
    }
}

/// Gives the lent key back when dropped.
#[must_use = "the key is seen only while the guard lives"]
pub(crate) struct EnterKey<'a> {
    lent: &'a mut Option<Arc<str>>,
    here: PhantomData<*const ()>,
}

impl Drop for EnterKey<'_> {
    #[inline]
    fn drop(&mut self) {
        CONTEXT.with(|context| context.key.swap(self.lent));
    }
}

/// Whether a scope other than the process's is current.
#[inline]
pub(crate) fn scoped() -> bool {
    CONTEXT.with(|context| context.scoped.get())
}

/// The scope installed by the poll around us, or the process scope.
#[inline]
pub(crate) fn current_scope() -> Scope {
    if scoped() {
        Scope::of(CONTEXT.with(|context| context.scope.get()))
    } else {
        Scope::process()
    }
}

/// Polls inside this scope, none being the process scope. The scope is lent to the context and is back in `own`
/// afterwards.
#[inline]
pub(crate) fn enter_scope(own: &mut Option<Arc<Contents>>) -> EnterScope<'_> {
    CONTEXT.with(|context| {
        let inside = own.is_some();
        context.scope.swap(own);
        EnterScope {
            outside: context.scoped.replace(inside),
            lent: own,
            here: PhantomData,
        }
    })
}

/// Gives the lent scope back and makes the outer one current again when dropped.
#[must_use = "the scope is current only while the guard lives"]
pub(crate) struct EnterScope<'a> {
    outside: bool,
    lent: &'a mut Option<Arc<Contents>>,
    here: PhantomData<*const ()>,
}

impl Drop for EnterScope<'_> {
    #[inline]
    fn drop(&mut self) {
        CONTEXT.with(|context| {
            context.scope.swap(self.lent);
            context.scoped.set(self.outside);
        });
    }
}

#[cfg(test)]
mod tests;
