//! Work that left the poll and still belongs to its attempt: what `in_call` and `blocking` carry elsewhere. Goes in: a
//! task, when it is made. Comes out: the tasks that each attempt around has made. Refuses to forget one, also when the
//! poll panics.
//!
//! Every attempt that is polled looks at one number before and after its poll. Only when it has grown, tasks were made
//! meanwhile, and only then the list behind it is looked at.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::claims::{Claim, Claims};

/// Nobody is being polled who would want to know.
const NOBODY: u32 = 0;

thread_local! {
    /// One more than the tasks made in the poll of the outermost attempt; zero outside of one.
    static BORN: Cell<u32> = const { Cell::new(NOBODY) };
    static TASKS: RefCell<Vec<Arc<Task>>> = const { RefCell::new(Vec::new()) };
}

/// What one task has done.
#[derive(Debug, Default)]
pub(crate) struct Task {
    /// Non-idempotent calls that it began and that may have been carried out.
    started: AtomicU32,
    over: AtomicBool,
    /// Those that it made itself.
    made: Mutex<Tasks>,
}

impl Task {
    /// A new one, made known to every attempt being polled.
    pub(crate) fn new() -> Arc<Self> {
        let task = Arc::new(Self::default());
        let born = BORN.get();
        if born != NOBODY {
            TASKS.with_borrow_mut(|tasks| tasks.push(Arc::clone(&task)));
            BORN.set(born + 1);
        }
        task
    }

    pub(crate) fn started(&self) -> u32 {
        self.started.load(Ordering::Acquire)
    }

    /// So many by now.
    pub(crate) fn set_started(&self, calls: u32) {
        self.started.store(calls, Ordering::Release);
    }

    /// Nothing will begin any more.
    pub(crate) fn end(&self) {
        self.over.store(true, Ordering::Release);
    }

    /// While it runs, the next thing it does may be a payment.
    fn may_have_started(&self) -> bool {
        !self.over.load(Ordering::Acquire) || self.started() > 0 || self.made().may_have_started()
    }

    pub(crate) fn adopt(&self, tasks: Tasks) {
        if tasks.0.is_some() {
            self.made().extend(tasks);
        }
    }

    fn made(&self) -> std::sync::MutexGuard<'_, Tasks> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one call has elsewhere: the tasks of its attempts, and the claims on the present one. One word in every call, and
/// no allocation while there are none.
#[derive(Default)]
pub(crate) struct Tasks(Option<Box<Elsewhere>>);

#[derive(Default)]
struct Elsewhere {
    tasks: Vec<Arc<Task>>,
    claims: Claims,
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tasks = self.0.as_ref().map_or(0, |elsewhere| elsewhere.tasks.len());
        f.debug_tuple("Tasks").field(&tasks).finish()
    }
}

impl Tasks {
    pub(crate) const NONE: Self = Self(None);

    /// Whether one of them began something that must not be done twice, or may begin it yet.
    #[inline]
    pub(crate) fn may_have_started(&self) -> bool {
        let elsewhere = self.0.as_deref();
        elsewhere.is_some_and(|it| it.tasks.iter().any(|task| task.may_have_started()))
    }

    /// Whether somebody claims what the present attempt holds.
    #[inline]
    pub(crate) fn are_claiming(&self) -> bool {
        let elsewhere = self.0.as_deref();
        elsewhere.is_some_and(|elsewhere| !elsewhere.claims.is_empty())
    }

    #[cold]
    pub(crate) fn claim(&mut self, new: Vec<Arc<Claim>>) {
        self.0.get_or_insert_default().claims.extend(new);
    }

    /// The claims, when the attempt is over.
    #[cold]
    pub(crate) fn take_claims(&mut self) -> Claims {
        let elsewhere = self.0.as_deref_mut();
        elsewhere.map_or_else(Claims::default, |elsewhere| {
            std::mem::take(&mut elsewhere.claims)
        })
    }

    pub(crate) fn extend(&mut self, other: Self) {
        let Some(other) = other.0 else { return };
        self.0.get_or_insert_default().tasks.extend(other.tasks);
    }

    #[cold]
    fn take_from(&mut self, index: usize) {
        TASKS.with_borrow(|tasks| {
            let new = tasks.iter().skip(index).cloned();
            self.0.get_or_insert_default().tasks.extend(new);
        });
    }
}

/// Polls an attempt that wants to know of its tasks; those of a `vouched` one are nobody's.
#[inline]
pub(crate) fn enter_adopting(tasks: &mut Tasks, vouched: bool) -> Adopting<'_> {
    let before = BORN.get();
    let known = before.max(1);
    BORN.set(known);
    Adopting {
        outermost: before == NOBODY,
        known,
        tasks,
        vouched,
        here: PhantomData,
    }
}

/// Takes the tasks that were made while it lived.
#[must_use = "tasks are noticed only while the guard lives"]
pub(crate) struct Adopting<'a> {
    outermost: bool,
    known: u32,
    tasks: &'a mut Tasks,
    vouched: bool,
    here: PhantomData<*const ()>,
}

impl Drop for Adopting<'_> {
    #[inline]
    fn drop(&mut self) {
        if BORN.get() != self.known {
            self.adopt();
        }
        if self.outermost {
            BORN.set(NOBODY);
        }
    }
}

impl Adopting<'_> {
    #[cold]
    fn adopt(&mut self) {
        let index = self.known as usize - 1;
        if !self.vouched {
            self.tasks.take_from(index);
        }
        if self.vouched || self.outermost {
            TASKS.with_borrow_mut(|tasks| tasks.truncate(index));
            BORN.set(self.known);
        }
    }
}
