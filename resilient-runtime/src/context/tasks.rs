//! Work that left the poll and still belongs to its attempt: what `in_call` and `blocking` carry elsewhere. Goes in: a
//! task, when it is made. Comes out: the tasks that each attempt around has made. Refuses to forget one, also when the
//! poll panics.
//!
//! Every attempt that is polled looks at one number before and after its poll. Only when it has grown, tasks were made
//! meanwhile, and only then the list behind it is looked at.

use std::cell::RefCell;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::claims::{Claim, Claims};
use super::{Begun, CONTEXT, made};

thread_local! {
    /// Those made in the poll of the outermost attempt; their number is in the context.
    static TASKS: RefCell<Vec<Arc<Task>>> = const { RefCell::new(Vec::new()) };
}

/// What one task has done.
#[derive(Debug, Default)]
pub(crate) struct Task {
    /// Non-idempotent calls that it began, as in [`Begun`].
    started: AtomicU32,
    over: AtomicBool,
    /// Those that it made itself.
    made: Mutex<Tasks>,
}

impl Task {
    /// A new one, made known to every attempt being polled.
    pub(crate) fn new() -> Arc<Self> {
        let task = Arc::new(Self::default());
        let made = CONTEXT.with(|context| context.made.get());
        if made.wants(made::TASKS) {
            TASKS.with_borrow_mut(|tasks| tasks.push(Arc::clone(&task)));
            CONTEXT.with(|context| context.made.set(made.task()));
        }
        task
    }

    pub(crate) fn started(&self) -> Begun {
        Begun::from_bits(self.started.load(Ordering::Acquire))
    }

    /// These by now.
    pub(crate) fn set_started(&self, calls: Begun) {
        self.started.store(calls.to_bits(), Ordering::Release);
    }

    /// Nothing will begin any more.
    pub(crate) fn end(&self) {
        self.over.store(true, Ordering::Release);
    }

    /// While it runs, the next thing it does may be a payment.
    fn may_have_started(&self) -> bool {
        self.goes_on() || !self.started().is_none() || self.made().may_have_started()
    }

    fn may_have_done(&self) -> bool {
        self.goes_on() || self.started().may_be_done() || self.made().may_have_done()
    }

    fn goes_on(&self) -> bool {
        !self.over.load(Ordering::Acquire)
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
///
/// An `Arc` that nobody shares: unlike that of a box its drop is a function of its own, so a call without one pays a look
/// at a pointer.
#[derive(Default)]
pub(crate) struct Tasks(Option<Arc<Elsewhere>>);

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

    /// Whether one of them carried something out that must not be done twice, or may have, or may yet.
    pub(crate) fn may_have_done(&self) -> bool {
        let elsewhere = self.0.as_deref();
        elsewhere.is_some_and(|it| it.tasks.iter().any(|task| task.may_have_done()))
    }

    /// Whether somebody claims what the present attempt holds.
    #[inline]
    pub(crate) fn are_claiming(&self) -> bool {
        let elsewhere = self.0.as_deref();
        elsewhere.is_some_and(|elsewhere| !elsewhere.claims.is_empty())
    }

    #[cold]
    pub(crate) fn claim(&mut self, new: Vec<Arc<Claim>>) {
        self.elsewhere().claims.extend(new);
    }

    /// The claims, when the attempt is over.
    #[cold]
    pub(crate) fn take_claims(&mut self) -> Claims {
        if self.are_claiming() {
            std::mem::take(&mut self.elsewhere().claims)
        } else {
            Claims::default()
        }
    }

    pub(crate) fn extend(&mut self, other: Self) {
        if let Some(other) = other.0.and_then(Arc::into_inner) {
            self.elsewhere().tasks.extend(other.tasks);
        }
    }

    fn elsewhere(&mut self) -> &mut Elsewhere {
        let elsewhere = self.0.get_or_insert_default();
        Arc::get_mut(elsewhere).expect("it is never cloned")
    }

    #[cold]
    pub(super) fn take_from(&mut self, index: usize) {
        TASKS.with_borrow(|tasks| {
            let new = tasks.iter().skip(index).cloned();
            self.elsewhere().tasks.extend(new);
        });
    }
}

/// Of what was made from there on nobody is told.
pub(super) fn forget_from(index: usize) {
    TASKS.with_borrow_mut(|tasks| tasks.truncate(index));
}
