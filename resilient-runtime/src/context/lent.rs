//! What is counted: the scope and the idempotency key. Goes in: the value, lent for one poll. Comes out: the same
//! value, put back when the guard is dropped. Refuses to be read after the poll.

use std::cell::Cell;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::sync::Arc;

use super::CONTEXT;
use crate::in_transaction::Marked;
use crate::scope::{Contents, Scope};

/// A counted value that is moved in and out, so that entering and leaving touch no reference count.
pub(super) struct Slot<T: ?Sized>(Cell<ManuallyDrop<Option<Arc<T>>>>);

impl<T: ?Sized> Slot<T> {
    #[expect(
        clippy::declare_interior_mutable_const,
        reason = "copied into one thread-local"
    )]
    pub(super) const EMPTY: Self = Self(Cell::new(ManuallyDrop::new(None)));

    #[inline]
    pub(super) fn swap(&self, other: &mut Option<Arc<T>>) {
        let inner = self.0.replace(ManuallyDrop::new(other.take()));
        *other = ManuallyDrop::into_inner(inner);
    }

    pub(super) fn get(&self) -> Option<Arc<T>> {
        let held = self.0.take();
        let copy = (*held).clone();
        self.0.set(held);
        copy
    }
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

/// Whether a marked transaction is around the call being polled.
#[inline]
pub(crate) fn in_transaction() -> bool {
    CONTEXT.with(|context| context.marked.get())
}

/// The innermost of them.
#[cold]
pub(crate) fn transaction() -> Option<Arc<Marked>> {
    CONTEXT.with(|context| context.transaction.get())
}

/// Polls the inside of a transaction, or with none the outside of all. It is lent to the context and is back in `own`
/// afterwards.
pub(crate) fn enter_transaction(own: &mut Option<Arc<Marked>>) -> EnterTransaction<'_> {
    CONTEXT.with(|context| {
        let inside = own.is_some();
        context.transaction.swap(own);
        EnterTransaction {
            outside: context.marked.replace(inside),
            lent: own,
            here: PhantomData,
        }
    })
}

/// Gives the lent transaction back when dropped.
#[must_use = "the transaction is around only while the guard lives"]
pub(crate) struct EnterTransaction<'a> {
    outside: bool,
    lent: &'a mut Option<Arc<Marked>>,
    here: PhantomData<*const ()>,
}

impl Drop for EnterTransaction<'_> {
    fn drop(&mut self) {
        CONTEXT.with(|context| {
            context.transaction.swap(self.lent);
            context.marked.set(self.outside);
        });
    }
}
