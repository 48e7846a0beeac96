//! Who hears what, and that an observer can do no harm.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use super::observers::DEEPEST;
use super::*;
use crate::context;
use crate::registry::registry;
use crate::scope::Scope;
use crate::shared::Shared;
use crate::shared::fake::Fake;

const EVENT: Event<'static> = Event::NestedRetry {
    call: "a::b",
    dependency: None,
    depth: 1,
};

/// A scope and how many events its only observer has heard.
fn counting() -> (Scope, Arc<AtomicU32>) {
    let heard = Arc::new(AtomicU32::new(0));
    let scope = Scope::new();
    let count = Arc::clone(&heard);
    scope.observe(move |_| {
        count.fetch_add(1, Ordering::Relaxed);
    });
    (scope, heard)
}

#[test]
fn only_the_current_scope_hears_an_event() {
    let ((one, heard_by_one), (_two, heard_by_two)) = (counting(), counting());
    one.within(|| emit(&EVENT));
    emit(&EVENT);
    assert_eq!(heard_by_one.load(Ordering::Relaxed), 1);
    assert_eq!(heard_by_two.load(Ordering::Relaxed), 0);
}

#[test]
fn every_observer_hears_it_in_the_order_they_came() {
    let scope = Scope::new();
    let order = Arc::new(Mutex::new(Vec::new()));
    for nth in 0..3 {
        let order = Arc::clone(&order);
        scope.observe(move |_| order.lock().unwrap().push(nth));
    }
    scope.within(|| emit(&EVENT));
    assert_eq!(*order.lock().unwrap(), [0, 1, 2]);
}

#[test]
fn b26_an_observer_may_call_back_into_the_registry() {
    static CALLED_BACK: Shared<Fake> = Shared::new(1);
    let (scope, heard) = counting();
    let seen = Arc::new(AtomicU32::new(0));
    let listed = Arc::clone(&seen);
    scope.observe(move |_| {
        CALLED_BACK.get().call();
        registry().validate().unwrap();
        let listings = registry().snapshot().listings.len();
        listed.store(u32::try_from(listings).unwrap(), Ordering::Relaxed);
        Scope::current().observe(|_| {});
    });
    scope.within(|| emit(&EVENT));
    assert_eq!(
        seen.load(Ordering::Relaxed),
        1,
        "the registry of the same scope"
    );
    assert_eq!(heard.load(Ordering::Relaxed), 1);
}

#[test]
fn b26_an_observer_that_panics_hurts_neither_the_call_nor_other_observers() {
    let scope = Scope::new();
    scope.observe(|_| panic!("a bug in the log"));
    let heard = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&heard);
    scope.observe(move |_| {
        count.fetch_add(1, Ordering::Relaxed);
    });
    scope.within(|| {
        emit(&EVENT);
        emit(&EVENT);
        assert_eq!(context::observing(), 0);
    });
    assert_eq!(heard.load(Ordering::Relaxed), 2);
    assert_eq!(
        scope.registry().snapshot().listings.len(),
        0,
        "nothing is poisoned"
    );
}

#[test]
fn an_observer_that_answers_events_with_events_comes_to_an_end() {
    let (scope, heard) = counting();
    scope.observe(emit);
    scope.within(|| emit(&EVENT));
    assert_eq!(heard.load(Ordering::Relaxed), DEEPEST);
}

#[test]
fn a_key_that_finds_no_room_is_an_event_without_the_key() {
    static KEYED: Shared<Fake> = {
        let mut keyed = Shared::new(1);
        keyed.show_as("tenants");
        keyed.bound_keys(1);
        keyed
    };
    let (scope, heard) = counting();
    let text = Arc::new(Mutex::new(String::new()));
    let written = Arc::clone(&text);
    scope.observe(move |event| *written.lock().unwrap() = event.to_string());
    scope.within(|| {
        let _held = KEYED.keyed(crate::keyed::KeyHash::of("one"));
        let _shared = KEYED.keyed(crate::keyed::KeyHash::of("two"));
        let _same = KEYED.keyed(crate::keyed::KeyHash::of("three"));
    });
    assert_eq!(heard.load(Ordering::Relaxed), 1);
    assert_eq!(
        *text.lock().unwrap(),
        "tenants: all 1 keys are active, new ones share one fake"
    );
}

#[test]
fn events_read_as_lines_of_a_log() {
    let failure = Failure::Unknown;
    let delay = Duration::from_millis(120);
    let scheduled = Event::RetryScheduled {
        call: "shop::charge",
        dependency: None,
        attempt: 2,
        failure,
        delay,
        last: true,
    };
    assert_eq!(
        scheduled.to_string(),
        "shop::charge: attempt 2 failed (Unknown), the next in 120ms"
    );
    let refused = Event::RetryRefused {
        call: "shop::charge",
        dependency: None,
        attempt: 2,
        failure,
        why: Refusal::Budget,
    };
    assert_eq!(
        refused.to_string(),
        "shop::charge: attempt 2 failed (Unknown), not repeated: the retry budget is used up"
    );
    assert_eq!(scheduled.call(), Some("shop::charge"));
    let kind = rejected::Kind::BreakerOpen {
        retry_after: Some(Duration::from_nanos(653_320_719)),
    };
    let rejected = |attempt| {
        Event::Rejected {
            call: "shop::charge",
            dependency: None,
            attempt,
            kind,
        }
        .to_string()
    };
    assert_eq!(
        rejected(3),
        "shop::charge: attempt 3 refused: the breaker is open for another 653ms"
    );
    assert_eq!(
        rejected(0),
        "shop::charge: refused: the breaker is open for another 653ms"
    );
}

#[test]
fn a_subscription_ends_with_its_guard_and_leaves_the_others() {
    let (scope, heard) = counting();
    let mine = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&mine);
    let subscription = scope.subscribe(move |_| {
        count.fetch_add(1, Ordering::Relaxed);
    });
    scope.within(|| emit(&EVENT));
    drop(subscription);
    assert_eq!(Arc::strong_count(&mine), 1, "what it held is dropped");
    scope.within(|| emit(&EVENT));
    assert_eq!(mine.load(Ordering::Relaxed), 1);
    assert_eq!(heard.load(Ordering::Relaxed), 2);
}

#[test]
fn b26_an_observer_may_end_its_own_subscription() {
    let scope = Scope::new();
    let guard = Arc::new(Mutex::new(None));
    let heard = Arc::new(AtomicU32::new(0));
    let (own, count) = (Arc::clone(&guard), Arc::clone(&heard));
    let subscription = scope.subscribe(move |_| {
        count.fetch_add(1, Ordering::Relaxed);
        let gone: Option<Subscription> = own.lock().unwrap().take();
        drop(gone);
    });
    *guard.lock().unwrap() = Some(subscription);
    scope.within(|| emit(&EVENT));
    scope.within(|| emit(&EVENT));
    assert_eq!(heard.load(Ordering::Relaxed), 1);
}

#[test]
fn a_subscription_may_outlive_its_scope_and_never_ends_somebody_elses() {
    let (one, two) = (Scope::new(), Scope::new());
    let first = one.subscribe(|_| {});
    let heard = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&heard);
    two.observe(move |_| {
        count.fetch_add(1, Ordering::Relaxed);
    });
    drop(one);
    drop(first);
    let gone = two.subscribe(|_| {});
    let stays = two.subscribe(|_| {});
    drop(gone);
    let _new = two.subscribe(|_| {});
    drop(stays);
    two.within(|| emit(&EVENT));
    assert_eq!(heard.load(Ordering::Relaxed), 1);
}
