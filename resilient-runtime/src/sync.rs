//! The one door through which atomics and locks come in, so that a model checker can stand behind it.
//!
//! Goes in: nothing. Comes out: the standard library's primitives. Refuses: to be bypassed; a state
//! machine that names `std::sync` itself cannot be modelled.

#[cfg(not(all(test, any(resilient_model, resilient_schedules))))]
mod primitives {
    pub(crate) use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
    pub(crate) use std::sync::{Mutex, MutexGuard, PoisonError};

    use std::cell::Cell;
    use std::sync::atomic::AtomicUsize;

    /// A number of this thread: small, and another one than the threads have that began to count before and after it.
    #[inline]
    pub(crate) fn lane() -> usize {
        const NONE: usize = usize::MAX;
        thread_local!(static LANE: Cell<usize> = const { Cell::new(NONE) });
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        LANE.with(|lane| {
            if lane.get() == NONE {
                lane.set(NEXT.fetch_add(1, Ordering::Relaxed) & (NONE >> 1));
            }
            lane.get()
        })
    }
}

/// `RUSTFLAGS="--cfg resilient_model" cargo test -p resilient-runtime --lib model_checked`: the tests of that
/// name go through every interleaving the memory model allows, up to a number of preemptions.
#[cfg(all(test, resilient_model))]
mod primitives {
    pub(crate) use loom::sync::atomic::{AtomicU32, AtomicU64, Ordering};
    pub(crate) use loom::sync::{Mutex, MutexGuard};
    pub(crate) use std::sync::PoisonError;

    /// The number that the checker gives its threads.
    pub(crate) fn lane() -> usize {
        let id = format!("{:?}", loom::thread::current().id());
        id.bytes().filter(u8::is_ascii_digit).map(usize::from).sum()
    }
}

/// `RUSTFLAGS="--cfg resilient_schedules" cargo test -p resilient-runtime --lib schedules`: the tests of that name run
/// under so many random schedules, with sequentially consistent memory.
#[cfg(all(test, resilient_schedules))]
mod primitives {
    pub(crate) use std::sync::PoisonError;

    pub(crate) use shuttle::sync::atomic::{AtomicU32, AtomicU64, Ordering};
    pub(crate) use shuttle::sync::{Mutex, MutexGuard};

    /// The threads of a schedule all run in one.
    pub(crate) fn lane() -> usize {
        0
    }
}

pub(crate) use primitives::{AtomicU32, AtomicU64, Mutex, MutexGuard, Ordering, PoisonError, lane};
