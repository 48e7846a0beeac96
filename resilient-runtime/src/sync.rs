//! The one door through which atomics and locks come in, so that a model checker can stand behind it.
//!
//! Goes in: nothing. Comes out: the standard library's primitives. Refuses: to be bypassed; a state
//! machine that names `std::sync` itself cannot be modelled.

#[cfg(not(all(test, any(resilient_model, resilient_schedules))))]
mod primitives {
    pub(crate) use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
    pub(crate) use std::sync::{Mutex, MutexGuard, PoisonError};
}

/// `RUSTFLAGS="--cfg resilient_model" cargo test -p resilient-runtime --lib model_checked`: the tests of that
/// name go through every interleaving the memory model allows, up to a number of preemptions.
#[cfg(all(test, resilient_model))]
mod primitives {
    pub(crate) use loom::sync::atomic::{AtomicU32, AtomicU64, Ordering};
    pub(crate) use loom::sync::{Mutex, MutexGuard};
    pub(crate) use std::sync::PoisonError;
}

/// `RUSTFLAGS="--cfg resilient_schedules" cargo test -p resilient-runtime --lib schedules`: the tests of that name run
/// under so many random schedules, with sequentially consistent memory.
#[cfg(all(test, resilient_schedules))]
mod primitives {
    pub(crate) use std::sync::PoisonError;

    pub(crate) use shuttle::sync::atomic::{AtomicU32, AtomicU64, Ordering};
    pub(crate) use shuttle::sync::{Mutex, MutexGuard};
}

pub(crate) use primitives::{AtomicU32, AtomicU64, Mutex, MutexGuard, Ordering, PoisonError};
