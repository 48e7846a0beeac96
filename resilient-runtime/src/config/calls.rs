//! How calls come by their numbers.
//!
//! A call asks once, when its first attempt starts, and only if anything has been applied anywhere since it last asked in
//! vain: that is one comparison of two words. Overridden calls look their numbers up under a read lock.
//!
//! A call carries one pointer to its numbers and its name, so overridden numbers live as long as the source's: for ever.
//! Each combination is kept once, however often it comes back.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::call::{Plan, Site};
use crate::scope::Scope;

/// What calls look at when they begin, in one word. The upper half counts what was applied in any scope; a call that has
/// not asked at this count asks. The lower half counts the observers of all scopes; with any, a call begins to tell.
static NEWS: AtomicU64 = AtomicU64::new(EPOCH);
const EPOCH: u64 = 1 << 32;
const LISTENERS: u64 = EPOCH - 1;
/// Scopes other than the process's that have overrides.
static TUNED_SCOPES: AtomicUsize = AtomicUsize::new(0);
/// Every annotated function that has been called.
static CALLED: Mutex<Vec<&'static Site>> = Mutex::new(Vec::new());

/// When a function last asked in vain, beside its plan.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    at: AtomicU64,
    listed: AtomicBool,
}

impl Asked {
    pub(crate) const fn new() -> Self {
        Self {
            at: AtomicU64::new(0),
            listed: AtomicBool::new(false),
        }
    }
}

/// A copy has not asked.
impl Clone for Asked {
    fn clone(&self) -> Self {
        Self::new()
    }
}

/// Whether a call that begins has to ask for its numbers, or somebody listens.
#[inline]
pub(crate) fn is_news(asked: &Asked) -> bool {
    asked.at.load(Ordering::Relaxed) != NEWS.load(Ordering::Relaxed)
}

/// Whether the function has to ask for its numbers.
pub(crate) fn is_new(asked: &Asked) -> bool {
    asked.at.load(Ordering::Relaxed) != NEWS.load(Ordering::Relaxed) & !LISTENERS
}

/// Whether anybody in the process observes.
#[inline]
pub(crate) fn listening() -> bool {
    NEWS.load(Ordering::Relaxed) & LISTENERS != 0
}

/// An observer has come.
pub(crate) fn count_listener() {
    NEWS.fetch_add(1, Ordering::Relaxed);
}

/// So many are gone.
pub(crate) fn forget_listeners(gone: usize) {
    NEWS.fetch_sub(gone as u64, Ordering::Relaxed);
}

/// The function with the numbers that hold in the current scope: itself where those are its own.
#[cold]
pub(crate) fn meet(site: &'static Site) -> &'static Site {
    // Before the overrides are read: whatever is applied meanwhile raises it again.
    let epoch = NEWS.load(Ordering::Acquire) & !LISTENERS;
    if !site.asked.listed.swap(true, Ordering::Relaxed) {
        called().push(site);
    }
    let scope = Scope::current();
    let tuned = scope.layers().tuned(site);
    let elsewhere = || {
        TUNED_SCOPES.load(Ordering::Relaxed) != 0
            || (!scope.is_process() && Scope::process().layers().tuned(site).is_some())
    };
    if tuned.is_none() && !elsewhere() {
        site.asked.at.store(epoch, Ordering::Relaxed);
    }
    tuned.unwrap_or(site)
}

/// The function with these numbers, made the first time that somebody wants them.
pub(super) fn interned(site: &'static Site, plan: Plan) -> &'static Site {
    static INTERNED: Mutex<BTreeMap<usize, Vec<&'static Site>>> = Mutex::new(BTreeMap::new());
    let mut interned = INTERNED.lock().unwrap_or_else(PoisonError::into_inner);
    let known = interned.entry(address(site)).or_default();
    let numbers = plan.settings();
    if let Some(same) = known.iter().find(|it| it.plan.settings() == numbers) {
        return same;
    }
    let tuned: &'static Site = Box::leak(Box::new(site.with_plan(plan)));
    known.push(tuned);
    tuned
}

pub(super) fn address(site: &'static Site) -> usize {
    std::ptr::from_ref(site).addr()
}

/// Something was applied: whoever asked in vain asks again.
pub(super) fn ask_again() {
    NEWS.fetch_add(EPOCH, Ordering::Release);
}

/// A scope other than the process's has overrides.
pub(super) fn count_scope() {
    TUNED_SCOPES.fetch_add(1, Ordering::Relaxed);
}

/// It is gone.
pub(super) fn forget_scope() {
    TUNED_SCOPES.fetch_sub(1, Ordering::Relaxed);
}

/// Every annotated function called since the process began, in whatever scope: they are code, not state.
pub(crate) fn known_calls() -> Vec<&'static Site> {
    called().clone()
}

/// The annotated function of this name with the numbers that hold in the current scope, if it was called in this process.
pub(crate) fn known(name: &str) -> Option<&'static Site> {
    let site = called().iter().copied().find(|site| site.name == name)?;
    Some(meet(site))
}

fn called() -> MutexGuard<'static, Vec<&'static Site>> {
    CALLED.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::effect::Class;
    use crate::shared::Place;

    static SITE: Site = Site::new(
        Place::new("shop", "pay", "src/pay.rs", 1),
        "shop::pay",
        Plan::new(Class::READ_ONLY).total(Duration::from_secs(1)),
    );

    #[test]
    fn numbers_that_come_back_take_no_memory_again() {
        let two = || Plan::new(Class::READ_ONLY).total(Duration::from_secs(2));
        let three = || Plan::new(Class::READ_ONLY).total(Duration::from_secs(3));
        let first = interned(&SITE, two());
        assert!(!std::ptr::eq(first, interned(&SITE, three())));
        for _ in 0..1_000 {
            assert!(std::ptr::eq(first, interned(&SITE, two())));
        }
    }

    #[test]
    fn a_call_that_nothing_is_said_about_asks_once() {
        let scope = Scope::new();
        scope.within(|| {
            assert!(is_new(&SITE.asked));
            assert!(std::ptr::eq(meet(&SITE), &raw const SITE));
        });
    }
}
