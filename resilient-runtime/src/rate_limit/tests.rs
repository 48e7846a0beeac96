//! What a rate limit promises, one sentence each, in made-up times.

mod model;
#[cfg(resilient_model)]
mod model_checked;
mod properties;
mod queue;
mod settings;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use super::{Core, Entry, Rate, Settings, Token, Waiting};
use crate::clock::Stamp;
use crate::shared::{Ref, State};

/// Counts how often it was woken.
#[derive(Default)]
struct Bell(AtomicUsize);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// So many milliseconds into the test; ahead of the real clock, so that whatever reads that changes nothing.
fn at(millis: u64) -> Stamp {
    Stamp::FIRST.plus(Duration::from_secs(1_000_000) + ms(millis))
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn limit(settings: Settings) -> Ref<Core> {
    Ref::Owned(Arc::new(Core::new(settings)))
}

/// A call a tenth of a second, so many at once.
fn ten_a_second(burst: u32) -> Settings {
    Settings::new(Rate::per_second(10)).burst(burst)
}

fn enter(core: &Ref<Core>, now: Stamp) -> Entry {
    let (entry, anew) = Core::enter(core, now, Stamp::FOREVER, || now);
    assert!(!anew);
    entry
}

fn passes(core: &Ref<Core>, now: Stamp) -> bool {
    match enter(core, now) {
        Entry::Entered(token) => {
            token.spend();
            true
        }
        Entry::Refused { .. } => false,
        Entry::Queued(_) => panic!("nobody waits here"),
    }
}

fn refused(core: &Ref<Core>, now: Stamp) -> Duration {
    match enter(core, now) {
        Entry::Refused { retry_after } => retry_after,
        other => panic!("wanted a refusal, got {other:?}"),
    }
}

fn queued(core: &Ref<Core>, now: Stamp) -> Waiting {
    match enter(core, now) {
        Entry::Queued(waiting) => waiting,
        other => panic!("wanted a place in the queue, got {other:?}"),
    }
}

fn poll(waiting: &mut Waiting, now: Stamp, bell: &Arc<Bell>) -> Result<Token, Stamp> {
    let waker = Waker::from(Arc::clone(bell));
    waiting.poll(now, &mut Context::from_waker(&waker))
}

fn due(waiting: &mut Waiting, now: Stamp) -> Stamp {
    poll(waiting, now, &Arc::default()).expect_err("not yet")
}

#[test]
fn a_full_bucket_lets_a_burst_through_and_then_one_an_interval() {
    let core = limit(ten_a_second(3));
    let passed = |now| (0..10).filter(|_| passes(&core, now)).count();
    assert_eq!(passed(at(0)), 3);
    assert_eq!(passed(at(99)), 0);
    assert_eq!(passed(at(100)), 1);
    assert_eq!(passed(at(299)), 1);
    assert_eq!(passed(at(300)), 1, "what was late is not lost");
    assert_eq!(passed(at(10_000)), 3, "and never more than the burst");
}

#[test]
fn a_refusal_says_when_to_come_back_and_then_there_is_a_token() {
    let core = limit(ten_a_second(1));
    assert!(passes(&core, at(0)));
    assert_eq!(refused(&core, at(30)), ms(70));
    assert_eq!(core.snapshot(at(30)).rejected, 1);
    assert!(passes(&core, at(100)));
}

#[test]
fn the_burst_follows_the_rate_unless_it_is_set() {
    let core = limit(Settings::new(Rate::per_second(100)));
    assert_eq!(core.snapshot(at(0)).burst, 100);
    assert!((0..100).all(|_| passes(&core, at(0))));
    assert!(!passes(&core, at(0)));
    assert_eq!(core.snapshot(at(55)).available, 5);
}

#[test]
fn a_call_waits_only_if_its_turn_comes_in_time() {
    let core = limit(ten_a_second(1).wait(ms(250)));
    assert!(passes(&core, at(0)));
    let mut first = queued(&core, at(0));
    let mut second = queued(&core, at(0));
    assert_eq!(due(&mut first, at(0)), at(100));
    assert_eq!(due(&mut second, at(0)), at(200));
    assert_eq!(
        refused(&core, at(0)),
        ms(300),
        "the third would wait in vain"
    );
    let mut third = queued(&core, at(50));
    assert_eq!(due(&mut third, at(50)), at(300));
    let snapshot = core.snapshot(at(50));
    assert_eq!(
        (snapshot.queued, snapshot.waited, snapshot.rejected),
        (3, 3, 1)
    );
    assert_eq!(snapshot.available, 0);
    for (waiting, time) in [(first, 100), (second, 200), (third, 300)] {
        waiting.expire(at(time)).expect("its turn has come").spend();
    }
}

#[test]
fn the_calls_own_time_bounds_the_wait_as_well() {
    let core = limit(ten_a_second(1).wait(ms(250)));
    assert!(passes(&core, at(0)));
    let (entry, _) = Core::enter(&core, at(0), at(99), || at(0));
    assert!(matches!(entry, Entry::Refused { retry_after } if retry_after == ms(100)));
    let (entry, _) = Core::enter(&core, at(0), at(100), || at(0));
    assert!(matches!(entry, Entry::Queued(_)));
}

#[test]
fn a_token_goes_back_for_one_interval_and_is_lost_afterwards() {
    let core = limit(ten_a_second(2));
    assert!(passes(&core, at(0)) && passes(&core, at(0)));
    core.give_back(at(0), at(100));
    assert_eq!(
        core.snapshot(at(100)).available,
        2,
        "one came, one came back"
    );
    core.give_back(at(0), at(101));
    core.give_back(at(200), at(150));
    assert!(passes(&core, at(150)) && passes(&core, at(150)));
    assert!(!passes(&core, at(150)));
}

#[test]
fn another_rate_keeps_what_is_owed_and_who_waits() {
    let core = limit(
        Settings::new(Rate::per_hour(1))
            .burst(2)
            .wait(Duration::from_secs(7_200)),
    );
    assert!(passes(&core, at(0)) && passes(&core, at(0)));
    let mut first = queued(&core, at(0));
    let bell = Arc::<Bell>::default();
    let hour = Duration::from_secs(3_600);
    assert_eq!(
        poll(&mut first, at(0), &bell).unwrap_err(),
        at(0).plus(hour)
    );
    core.change(ten_a_second(2).wait(ms(500)), at(0));
    assert_eq!(
        bell.0.load(Ordering::SeqCst),
        1,
        "it is due much earlier now"
    );
    assert_eq!(poll(&mut first, at(0), &bell).unwrap_err(), at(100));
    assert_eq!(core.snapshot(at(0)).available, 0, "two are owed as before");
    poll(&mut first, at(100), &bell).unwrap().spend();
    core.change(Settings::new(Rate::per_second(1)), at(100));
    assert_eq!(
        refused(&core, at(100)),
        Duration::from_secs(1),
        "two are owed, one allowed"
    );
}

#[test]
fn a_slower_rate_is_due_later_and_whoever_cannot_wait_is_told_how_long() {
    let core = limit(ten_a_second(1).wait(ms(150)));
    assert!(passes(&core, at(0)));
    let mut first = queued(&core, at(0));
    core.change(Settings::new(Rate::per_second(1)).burst(1), at(50));
    assert_eq!(due(&mut first, at(50)), at(550), "half of it was paid off");
    assert_eq!(first.expire(at(150)).unwrap_err(), ms(400));
    assert!(passes(&core, at(550)));
}

#[test]
fn a_reset_fills_the_bucket_and_serves_the_queue() {
    let core = limit(ten_a_second(1).wait(ms(250)));
    assert!(passes(&core, at(0)));
    let mut first = queued(&core, at(0));
    core.reset(at(0));
    poll(&mut first, at(0), &Arc::default()).unwrap().spend();
    assert_eq!(core.snapshot(at(0)).waited, 0);
}

#[test]
fn met_by_an_earlier_clock_it_begins_anew_and_says_so() {
    let core = limit(ten_a_second(1));
    assert!(passes(&core, at(60_000)));
    let (entry, anew) = Core::enter(&core, at(0), Stamp::FOREVER, || at(0));
    assert!(anew && matches!(entry, Entry::Entered(_)));
    // A thread that read the clock before another one took the token is no such clock.
    let core = limit(ten_a_second(1));
    assert!(passes(&core, at(60_000)));
    let (entry, anew) = Core::enter(&core, at(0), Stamp::FOREVER, || at(60_000));
    assert!(!anew && matches!(entry, Entry::Refused { .. }));
}

#[test]
fn it_is_idle_when_the_bucket_is_full_and_nobody_waits() {
    let core = limit(ten_a_second(1).wait(ms(250)));
    assert!(core.is_idle(at(0)));
    assert!(passes(&core, at(0)));
    assert!(!core.is_idle(at(99)));
    assert!(core.is_idle(at(100)));
    assert!(passes(&core, at(100)));
    let waiting = queued(&core, at(150));
    assert!(!core.is_idle(at(900)));
    waiting.expire(at(900)).unwrap().spend();
}

#[test]
fn numbers_that_nobody_validated_neither_panic_nor_open_the_gate() {
    let core = limit(Settings::new(Rate::new(0, Duration::ZERO)));
    assert!(passes(&core, at(0)));
    assert!(!passes(&core, at(1_000_000)));
    let core = limit(
        Settings::new(Rate::new(1, Duration::MAX))
            .burst(u32::MAX)
            .wait(Duration::MAX),
    );
    assert!((0..100).all(|_| passes(&core, at(0))));
    core.change(
        Settings::new(Rate::new(u32::MAX, Duration::from_nanos(1))),
        at(1),
    );
    assert!(passes(&core, at(2)));
}
