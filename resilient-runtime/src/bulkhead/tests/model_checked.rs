//! Small programs of two or three threads, run in every interleaving and with every stale value that the memory model
//! allows; see [`crate::sync`]. The last test shows that they can fail: a limit that looks and then counts is caught.

use std::sync::Arc;

use loom::thread;

use super::*;
use crate::bulkhead::Load;
use crate::sync::AtomicU64;

/// Three preemptions: some seconds for all.
fn in_every_order(program: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(program);
}

fn entry(core: &Ref<Core>) -> Option<Permit> {
    match Core::try_enter(core) {
        Entry::Entered(permit) => Some(permit),
        _ => None,
    }
}

#[test]
fn of_two_callers_one_gets_the_only_permit_that_a_thread_keeps() {
    in_every_order(|| {
        let core = bulkhead(Settings::new(1));
        loosen(&core, 1);
        drop(entry(&core));
        let theirs = core.clone();
        let other = thread::spawn(move || entry(&theirs));
        let (mine, other) = (entry(&core), other.join().unwrap());
        assert!(mine.is_some() ^ other.is_some());
        assert_eq!(core.snapshot().in_flight, 1);
    });
}

#[test]
fn a_permit_that_could_be_kept_is_granted_to_whoever_queues() {
    in_every_order(|| {
        let core = bulkhead(Settings::new(1).wait(WAIT));
        loosen(&core, 1);
        let held = entered(&core);
        let leaving = thread::spawn(move || drop(held));
        let waiting = match Core::try_enter(&core) {
            Entry::Queued(waiting) => Some(waiting),
            Entry::Entered(permit) => {
                drop(permit);
                None
            }
            Entry::Full => panic!("there is a place to wait"),
        };
        leaving.join().unwrap();
        if let Some(mut waiting) = waiting {
            drop(granted(&mut waiting));
        }
        assert_eq!(core.snapshot().in_flight, 0);
        assert!(entry(&core).is_some(), "the way is open again");
    });
}

#[test]
fn a_limit_that_shrinks_takes_back_what_threads_keep() {
    in_every_order(|| {
        let core = bulkhead(Settings::new(2));
        loosen(&core, 1);
        drop(entry(&core));
        let theirs = core.clone();
        let other = thread::spawn(move || entry(&theirs));
        core.resize(1);
        let (mine, other) = (entry(&core), other.join().unwrap());
        assert!(mine.is_some() ^ other.is_some());
        drop((mine, other));
        assert_eq!(core.snapshot().in_flight, 0);
    });
}

#[test]
fn of_two_callers_one_gets_the_only_permit() {
    in_every_order(|| {
        let core = bulkhead(Settings::new(1));
        let theirs = core.clone();
        let other = thread::spawn(move || entry(&theirs));
        let (mine, other) = (entry(&core), other.join().unwrap());
        assert!(mine.is_some() ^ other.is_some());
        assert_eq!(core.snapshot().in_flight, 1);
    });
}

#[test]
fn a_permit_that_comes_back_while_somebody_queues_is_granted() {
    in_every_order(|| {
        let core = bulkhead(Settings::new(1).wait(WAIT));
        let held = entered(&core);
        let leaving = thread::spawn(move || drop(held));
        let waiting = match Core::try_enter(&core) {
            Entry::Queued(waiting) => Some(waiting),
            Entry::Entered(permit) => {
                drop(permit);
                None
            }
            Entry::Full => panic!("there is a place to wait"),
        };
        leaving.join().unwrap();
        if let Some(mut waiting) = waiting {
            drop(granted(&mut waiting));
        }
        assert_eq!(core.snapshot().in_flight, 0);
        assert!(entry(&core).is_some(), "the way is open again");
    });
}

#[test]
fn whoever_leaves_the_queue_as_a_permit_is_granted_passes_it_on() {
    in_every_order(|| {
        let core = bulkhead(Settings::new(1).wait(WAIT));
        let held = entered(&core);
        let waiting = queued(&core);
        let leaving = thread::spawn(move || drop(held));
        drop(waiting);
        leaving.join().unwrap();
        let snapshot = core.snapshot();
        assert_eq!((snapshot.in_flight, snapshot.queued), (0, 0));
        assert!(entry(&core).is_some(), "no permit is lost");
    });
}

#[test]
fn a_limit_that_shrinks_under_callers_lets_no_more_in() {
    in_every_order(|| {
        let core = bulkhead(Settings::new(2));
        let theirs = core.clone();
        let shrinking = thread::spawn(move || theirs.resize(1));
        let first = entry(&core);
        shrinking.join().unwrap();
        let second = entry(&core);
        assert!(first.is_some());
        assert!(second.is_none());
        drop(first);
        assert!(entry(&core).is_some());
    });
}

#[test]
fn what_two_threads_lose_together_halves_the_limit_once() {
    in_every_order(|| {
        let core = bulkhead(Settings::adaptive(1, 8));
        // All of it in use, or twice would not differ from once.
        let others: Vec<Permit> = (0..6).map(|_| entered(&core)).collect();
        let (mine, theirs) = (entered(&core), entered(&core));
        let lost = |permit: Permit| drop(permit.leave(|| Load::Heavy, || Stamp::FIRST));
        let other = thread::spawn(move || lost(theirs));
        lost(mine);
        other.join().unwrap();
        assert_eq!((core.snapshot().limit, core.snapshot().in_flight), (4, 6));
        drop(others);
    });
}

#[test]
fn a_limit_that_grows_while_somebody_queues_lets_it_in() {
    in_every_order(|| {
        let core = bulkhead(Settings::adaptive(1, 2).wait(WAIT));
        let (one, two) = (entered(&core), entered(&core));
        // Two in flight, one allowed.
        core.resize(1);
        let answered = thread::spawn(move || drop(one.leave(|| Load::Fine, || Stamp::FIRST)));
        let waiting = match Core::try_enter(&core) {
            Entry::Queued(waiting) => Some(waiting),
            Entry::Entered(permit) => {
                drop(permit);
                None
            }
            Entry::Full => panic!("there is a place to wait"),
        };
        answered.join().unwrap();
        assert_eq!(core.snapshot().limit, 2);
        if let Some(mut waiting) = waiting {
            drop(granted(&mut waiting));
        }
        drop(two);
        assert_eq!(core.snapshot().in_flight, 0);
    });
}

#[test]
#[should_panic(expected = "over the limit")]
fn a_limit_that_looks_and_then_counts_is_caught() {
    in_every_order(|| {
        let inside = Arc::new(AtomicU64::new(0));
        let enter = |inside: &AtomicU64| {
            let free = inside.load(crate::sync::Ordering::Acquire) == 0;
            if free {
                inside.fetch_add(1, crate::sync::Ordering::AcqRel);
            }
        };
        let theirs = Arc::clone(&inside);
        let other = thread::spawn(move || enter(&theirs));
        enter(&inside);
        other.join().unwrap();
        assert!(
            inside.load(crate::sync::Ordering::Acquire) <= 1,
            "over the limit"
        );
    });
}
