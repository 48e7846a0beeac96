//! What a bulkhead promises, one sentence each.

mod adaptive;
mod model;
#[cfg(resilient_model)]
mod model_checked;
mod queue;
mod settings;
mod spare;
mod threads;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use super::{Core, Entry, Permit, Settings, Snapshot, Waiting};
use crate::clock::Stamp;
use crate::shared::{Ref, State};

const WAIT: Duration = Duration::from_millis(50);

/// Counts how often it was woken.
#[derive(Default)]
struct Bell(AtomicUsize);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Bell {
    fn rang(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

fn bulkhead(settings: Settings) -> Ref<Core> {
    Ref::Owned(Arc::new(Core::new(settings)))
}

/// As after two threads have met: each keeps so many permits.
fn loosen(core: &Core, each: u64) {
    let behind = core.lock();
    core.spares.grow(0);
    core.make_room(each);
    drop(behind);
}

fn entered(core: &Ref<Core>) -> Permit {
    match Core::try_enter(core) {
        Entry::Entered(permit) => permit,
        other => panic!("wanted a permit, got {other:?}"),
    }
}

fn queued(core: &Ref<Core>) -> Waiting {
    match Core::try_enter(core) {
        Entry::Queued(waiting) => waiting,
        other => panic!("wanted a place in the queue, got {other:?}"),
    }
}

fn is_full(core: &Ref<Core>) -> bool {
    matches!(Core::try_enter(core), Entry::Full)
}

fn poll(waiting: &mut Waiting, bell: &Arc<Bell>) -> Poll<Permit> {
    waiting.poll(&mut Context::from_waker(&Waker::from(Arc::clone(bell))))
}

fn granted(waiting: &mut Waiting) -> Permit {
    match poll(waiting, &Arc::default()) {
        Poll::Ready(permit) => permit,
        Poll::Pending => panic!("wanted the permit"),
    }
}

fn counts(core: &Core) -> (u32, u32) {
    let Snapshot {
        in_flight, queued, ..
    } = core.snapshot();
    (in_flight, queued)
}

#[test]
fn no_more_calls_enter_than_the_limit_and_each_end_lets_one_in() {
    let core = bulkhead(Settings::new(2));
    let first = entered(&core);
    let _second = entered(&core);
    assert!(is_full(&core));
    drop(first);
    let _third = entered(&core);
    assert!(is_full(&core));
    let Snapshot {
        limit,
        in_flight,
        rejected,
        waited,
        ..
    } = core.snapshot();
    assert_eq!((limit, in_flight, rejected, waited), (2, 2, 2, 0));
}

#[test]
fn without_a_wait_nobody_queues_whatever_the_queue_says() {
    for settings in [
        Settings::new(1).queue(5),
        Settings::new(1).wait(Duration::ZERO),
    ] {
        let core = bulkhead(settings);
        let _permit = entered(&core);
        assert!(is_full(&core));
    }
}

#[test]
fn the_queue_is_as_long_as_the_limit_unless_it_says_otherwise() {
    let core = bulkhead(Settings::new(2).wait(WAIT));
    let _running = (entered(&core), entered(&core));
    let _waiting = (queued(&core), queued(&core));
    assert!(is_full(&core));

    let core = bulkhead(Settings::new(2).wait(WAIT).queue(1));
    let _running = (entered(&core), entered(&core));
    let _waiting = queued(&core);
    assert!(is_full(&core));
    assert_eq!(core.wait(), Some(WAIT));
}

#[test]
fn a_permit_is_given_back_by_a_panic_too() {
    let core = bulkhead(Settings::new(1));
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _permit = entered(&core);
        panic!("the body");
    }));
    assert!(caught.is_err());
    assert_eq!(counts(&core), (0, 0));
}

#[test]
fn a_raised_limit_lets_the_queue_in_at_once() {
    let core = bulkhead(Settings::new(1).wait(WAIT).queue(3));
    let _permit = entered(&core);
    let mut line: Vec<Waiting> = (0..3).map(|_| queued(&core)).collect();
    let bells: [Arc<Bell>; 3] = std::array::from_fn(|_| Arc::default());
    for (waiting, bell) in line.iter_mut().zip(&bells) {
        assert!(poll(waiting, bell).is_pending());
    }
    core.configure(Settings::new(3).wait(WAIT).queue(3));
    assert_eq!(bells.each_ref().map(|bell| bell.rang()), [1, 1, 0]);
    assert_eq!(counts(&core), (3, 1));
    core.resize(9);
    assert_eq!(bells[2].rang(), 1);
    drop(line);
    assert_eq!(counts(&core), (1, 0));
}

#[test]
fn a_lowered_limit_loses_no_permit_in_flight_and_lets_nobody_in_until_they_are_back() {
    let core = bulkhead(Settings::new(3));
    let mut running = vec![entered(&core), entered(&core), entered(&core)];
    core.configure(Settings::new(1));
    assert_eq!((core.snapshot().limit, core.snapshot().in_flight), (1, 3));
    while running.pop().is_some() {
        assert_eq!(is_full(&core), !running.is_empty());
    }
    let _permit = entered(&core);
    assert!(is_full(&core));
}

#[test]
fn a_queue_configured_away_is_still_served_and_not_overtaken() {
    let core = bulkhead(Settings::new(1).wait(WAIT).queue(2));
    let permit = entered(&core);
    let (mut first, mut second) = (queued(&core), queued(&core));
    core.configure(Settings::new(1));
    assert!(is_full(&core));
    drop(permit);
    let permit = granted(&mut first);
    assert!(is_full(&core));
    drop(permit);
    drop(granted(&mut second));
    drop(entered(&core));
}

#[test]
fn a_limit_beyond_all_bounds_is_the_largest_there_is() {
    let core = bulkhead(Settings::new(u32::MAX).wait(WAIT).queue(u32::MAX));
    assert_eq!(core.snapshot().limit, u32::MAX >> 1);
    drop(entered(&core));
    core.resize(0);
    let waiting = queued(&core);
    drop(waiting);
    assert_eq!(counts(&core), (0, 0));
}

#[test]
fn it_is_idle_only_with_nothing_in_flight_and_nobody_waiting() {
    let core = bulkhead(Settings::new(1).wait(WAIT));
    let now = Stamp::FIRST;
    assert!(core.is_idle(now));
    let permit = entered(&core);
    let waiting = queued(&core);
    assert!(!core.is_idle(now));
    drop(permit);
    assert!(!core.is_idle(now), "granted and not picked up is in flight");
    drop(waiting);
    assert!(core.is_idle(now));
}

#[test]
fn a_reset_forgets_the_counts_and_nobody_in_flight() {
    let core = bulkhead(Settings::new(1).wait(WAIT).queue(1));
    let _permit = entered(&core);
    let _waiting = queued(&core);
    assert!(is_full(&core));
    core.reset(Stamp::FIRST);
    let Snapshot {
        in_flight,
        queued,
        rejected,
        waited,
        ..
    } = core.snapshot();
    assert_eq!((in_flight, queued, rejected, waited), (1, 1, 0, 0));
}
