//! How much was made in a poll that outlives it: tasks and claims, in one word. Goes in: who wants to know of which. Comes
//! out: what was made while the guard lived. Refuses to look at any list while the word is what it was.
//!
//! The lists themselves are in `tasks` and `claims`.

use std::marker::PhantomData;

use super::tasks::Tasks;
use super::{CONTEXT, claims, tasks};

/// In the two lowest bits, whether somebody is being polled who takes tasks, and claims; then the number of tasks (30
/// bits), then that of claims (32).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Made(u64);

/// Who wants to know of tasks, of claims, or of both.
pub(crate) const TASKS: u64 = 1;
pub(crate) const CLAIMS: u64 = 2;

const ONE_TASK: u64 = 1 << 2;
const ONE_CLAIM: u64 = 1 << 32;
/// All that is about tasks.
const OF_TASKS: u64 = ONE_CLAIM - 1 - CLAIMS;

impl Made {
    /// Nothing, and nobody wants to know.
    pub(super) const NOTHING: Self = Self(0);

    pub(super) const fn wants(self, what: u64) -> bool {
        self.0 & what != 0
    }

    /// One more task.
    pub(super) const fn task(self) -> Self {
        Self(self.0 + ONE_TASK)
    }

    /// One more claim.
    pub(super) const fn claim(self) -> Self {
        Self(self.0 + ONE_CLAIM)
    }

    fn tasks(self) -> usize {
        usize::try_from(self.0 % ONE_CLAIM / ONE_TASK).unwrap_or(usize::MAX)
    }

    fn claims(self) -> usize {
        usize::try_from(self.0 / ONE_CLAIM).unwrap_or(usize::MAX)
    }

    #[inline]
    const fn wanting(self, what: u64) -> Self {
        Self(self.0 | what)
    }

    /// The claims of this, and the tasks of the other.
    const fn with_tasks_of(self, other: Self) -> Self {
        Self(self.0 & !OF_TASKS | other.0 & OF_TASKS)
    }
}

/// Polls an attempt that wants to know of its tasks; those of a `vouched` one are nobody's.
#[inline]
pub(crate) fn enter_adopting(tasks: &mut Tasks, vouched: bool) -> Making<'_> {
    enter_made(TASKS, tasks, vouched)
}

/// Polls an attempt that wants to know of its tasks, of claims on it, or of both.
#[inline]
pub(crate) fn enter_made(wanted: u64, tasks: &mut Tasks, vouched: bool) -> Making<'_> {
    CONTEXT.with(|context| {
        let around = context.made.get();
        context.made.set(around.wanting(wanted));
        Making {
            around,
            wanted,
            tasks,
            vouched,
            here: PhantomData,
        }
    })
}

/// Takes what was made while it lived.
#[must_use = "what is made is noticed only while the guard lives"]
pub(crate) struct Making<'a> {
    around: Made,
    wanted: u64,
    tasks: &'a mut Tasks,
    vouched: bool,
    here: PhantomData<*const ()>,
}

impl Drop for Making<'_> {
    #[inline]
    fn drop(&mut self) {
        CONTEXT.with(|context| {
            let now = context.made.get();
            context
                .made
                .set(if now == self.around.wanting(self.wanted) {
                    self.around
                } else {
                    take(self.tasks, self.around, now, self.wanted, self.vouched)
                });
        });
    }
}

/// Something was made; how much the surroundings find. (All by value, so that nothing of the guard has to be in memory.)
#[cold]
fn take(own: &mut Tasks, around: Made, now: Made, wanted: u64, vouched: bool) -> Made {
    let mut left = now;
    if wanted & TASKS != 0 {
        left = left.with_tasks_of(adopt(own, around, now, vouched));
    }
    if wanted & CLAIMS != 0 {
        left = around.with_tasks_of(left);
        if now.claims() > around.claims() {
            own.claim(claims::take_from(around.claims()));
        }
    }
    left
}

fn adopt(own: &mut Tasks, around: Made, now: Made, vouched: bool) -> Made {
    let index = around.tasks();
    if now.tasks() == index {
        return around;
    }
    if !vouched {
        own.take_from(index);
    }
    let outermost = !around.wants(TASKS);
    if vouched || outermost {
        tasks::forget_from(index);
        around
    } else {
        now
    }
}
