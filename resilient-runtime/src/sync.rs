//! The one door through which atomics and locks come in, so that a model checker can stand behind it.
//!
//! Goes in: nothing. Comes out: the standard library's primitives. Refuses: to be bypassed; a state
//! machine that names `std::sync` itself cannot be modelled.

pub(crate) use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
pub(crate) use std::sync::{Mutex, MutexGuard, PoisonError};
