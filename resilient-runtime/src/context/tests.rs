//! What a poll inherits, and that nothing of it outlives the poll.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Stamp;

use super::*;

/// So many calls, none of them over.
fn begun(calls: u32) -> Begun {
    (0..calls).fold(Begun::NONE, |begun, _| begun.begin())
}

/// An attempt that has begun these.
fn knows(started: Begun) -> Known {
    let mut known = Known::NOTHING;
    known.set_started(started);
    known
}

#[test]
fn outside_of_any_call_the_context_is_empty() {
    assert_eq!(deadline(), Stamp::FOREVER);
    assert!(started().is_none());
    assert_eq!(retries(), 0);
    assert_eq!(key(), None);
    assert!(!scoped());
    assert!(current_scope().is_process());
}

#[test]
fn nested_deadlines_come_back_in_order() {
    let (early, late) = (Stamp::now(), Stamp::now().plus(Duration::from_secs(1)));
    let _outer = enter_deadline(late);
    {
        let _inner = enter_deadline(early);
        assert_eq!(deadline(), early);
    }
    assert_eq!(deadline(), late);
}

#[test]
fn an_inner_attempt_counts_for_itself() {
    let _outer = enter_attempt(begun(2));
    {
        let _inner = enter_attempt(Begun::NONE);
        mark_started();
        assert_eq!(started(), begun(1));
    }
    assert_eq!(started(), begun(2));
    mark_started();
    assert_eq!(started(), begun(3));
}

#[test]
fn a_later_deadline_inside_changes_nothing() {
    let early = Stamp::now();
    let _outer = enter_deadline(early);
    let _inner = enter_deadline(Stamp::FOREVER);
    assert_eq!(deadline(), early);
}

#[test]
fn each_retry_is_one_deeper_than_its_surroundings() {
    let (mut outside, mut inside) = (Known::NOTHING, Known::NOTHING);
    let _outer = enter_counted(Stamp::FOREVER, &mut outside, false, true);
    {
        let _inner = enter_counted(Stamp::FOREVER, &mut inside, false, true);
        assert_eq!(retries(), 2);
    }
    assert_eq!(retries(), 1);
}

#[test]
fn what_an_attempt_starts_counts_for_the_attempt_around_it() {
    let (mut outside, mut inside) = (Known::NOTHING, knows(begun(3)));
    {
        let _outer = enter_counted(Stamp::FOREVER, &mut outside, false, true);
        {
            let _inner = enter_counted(Stamp::FOREVER, &mut inside, false, true);
            assert_eq!(started(), begun(3));
            mark_started();
            mark_started();
        }
        assert_eq!(started(), begun(2));
    }
    assert_eq!((outside, inside), (knows(begun(2)), knows(begun(5))));
    assert_eq!(started(), begun(2));
    take_back(begun(2));
    assert!(started().is_none());
}

#[test]
fn a_call_that_began_in_an_earlier_poll_is_over_for_all_attempts_around() {
    for became in [Became::NotSent, Became::Refused, Became::Done] {
        let (mut outside, mut inside) = (Known::NOTHING, Known::NOTHING);
        for poll in 0..2 {
            let _outer = enter_counted(Stamp::FOREVER, &mut outside, false, true);
            let _inner = enter_counted(Stamp::FOREVER, &mut inside, false, true);
            if poll == 0 {
                mark_started();
            } else {
                set_became(became);
                mark_ended();
                assert_eq!(take_became(), Became::Unknown, "said once");
            }
        }
        let expected = begun(1).end(became);
        assert_eq!((outside, inside), (knows(expected), knows(expected)));
        assert_eq!(started(), expected);
        take_back(expected);
    }
}

#[test]
fn what_a_vouched_attempt_starts_counts_for_nobody() {
    let mut inside = Known::NOTHING;
    {
        let _inner = enter_counted(Stamp::FOREVER, &mut inside, true, true);
        mark_started();
    }
    assert!(inside == Known::NOTHING && started().is_none());
}

#[test]
fn a_key_is_lent_and_given_back_without_a_copy() {
    let (mut outer, mut inner) = (Some(Arc::from("outer")), Some(Arc::from("inner")));
    {
        let _outside = enter_key(&mut outer);
        let _inside = enter_key(&mut inner);
        assert_eq!(key().as_deref(), Some("inner"));
    }
    assert_eq!(outer.as_deref(), Some("outer"));
    assert_eq!(inner.as_ref().map(Arc::strong_count), Some(1));
    assert_eq!(key(), None);
}

#[test]
fn a_call_without_a_key_hides_its_callers() {
    let (mut outer, mut none) = (Some(Arc::from("outer")), None);
    let _outside = enter_key(&mut outer);
    let _inside = enter_key(&mut none);
    assert_eq!(key(), None);
}

#[test]
fn a_panic_puts_everything_back() {
    let mut scope = Some(Arc::new(Contents::new()));
    let mut own = Some(Arc::from("key"));
    let mut count = knows(begun(7));
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _scope = enter_scope(&mut scope);
        let _key = enter_key(&mut own);
        let _deadline = enter_deadline(Stamp::now());
        let _attempt = enter_counted(Stamp::NEVER, &mut count, false, true);
        panic!("the body");
    }));
    assert!(panicked.is_err());
    outside_of_any_call_the_context_is_empty();
    assert!(scope.is_some(), "the scope came back to its owner");
    assert!(own.is_some(), "the key came back to its owner");
}

#[test]
fn other_threads_see_nothing_of_it() {
    let _deadline = enter_deadline(Stamp::now());
    let _attempt = enter_attempt(begun(7));
    std::thread::spawn(outside_of_any_call_the_context_is_empty)
        .join()
        .unwrap();
}
