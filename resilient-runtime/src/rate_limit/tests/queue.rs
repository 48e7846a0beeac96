//! The queue for tokens: nobody overtakes, whoever leaves makes room, and coarse timers cost nobody a turn.

use super::*;

#[test]
fn nobody_overtakes_those_who_wait() {
    let core = limit(ten_a_second(1).wait(ms(250)));
    assert!(passes(&core, at(0)));
    let mut first = queued(&core, at(0));
    // Its turn has come, but its task was not polled yet.
    let mut second = queued(&core, at(100));
    assert!(!core.take_plainly(at(100)));
    let mut polled = |now| poll(&mut second, now, &Arc::default());
    assert_eq!(polled(at(100)).expect_err("the other's turn"), at(200));
    poll(&mut first, at(100), &Arc::default()).unwrap().spend();
    polled(at(200)).unwrap().spend();
    assert_eq!(refused_or_queued(&core, at(200)), "queued");
}

fn refused_or_queued(core: &Ref<Core>, now: Stamp) -> &'static str {
    match enter(core, now) {
        Entry::Entered(_) => "entered",
        Entry::Queued(_) => "queued",
        Entry::Refused { .. } => "refused",
    }
}

#[test]
fn a_call_that_its_task_never_polls_again_costs_those_behind_it_one_turn() {
    let core = limit(ten_a_second(1).wait(ms(450)));
    assert!(passes(&core, at(0)));
    let stuck = queued(&core, at(0));
    let mut second = queued(&core, at(0));
    assert_eq!(
        due(&mut second, at(200)),
        at(298),
        "the stuck one was granted late"
    );
    poll(&mut second, at(298), &Arc::default()).unwrap().spend();
    stuck
        .expire(at(900))
        .expect("it was granted long ago")
        .spend();
}

#[test]
fn when_one_leaves_everyone_behind_moves_up() {
    let core = limit(ten_a_second(1).wait(ms(350)));
    assert!(passes(&core, at(0)));
    let (first, mut second, mut third) = (
        queued(&core, at(0)),
        queued(&core, at(0)),
        queued(&core, at(0)),
    );
    let (bell, other) = (Arc::<Bell>::default(), Arc::<Bell>::default());
    assert_eq!(poll(&mut second, at(0), &bell).unwrap_err(), at(200));
    assert_eq!(poll(&mut third, at(0), &other).unwrap_err(), at(300));
    assert!(first.expire(at(50)).is_err());
    assert_eq!(bell.0.load(Ordering::SeqCst), 1, "it must sleep less long");
    assert_eq!(
        other.0.load(Ordering::SeqCst),
        0,
        "it is told when it is the first"
    );
    assert_eq!(poll(&mut second, at(50), &bell).unwrap_err(), at(100));
    poll(&mut second, at(100), &bell).unwrap().spend();
    assert_eq!(other.0.load(Ordering::SeqCst), 1);
    poll(&mut third, at(200), &other).unwrap().spend();
}

#[test]
fn a_token_that_comes_back_lets_the_queue_move_up() {
    let core = limit(ten_a_second(1).wait(ms(250)));
    assert!(passes(&core, at(0)));
    let mut first = queued(&core, at(0));
    let bell = Arc::<Bell>::default();
    assert_eq!(poll(&mut first, at(0), &bell).unwrap_err(), at(100));
    core.give_back(at(0), at(10));
    assert_eq!(bell.0.load(Ordering::SeqCst), 1);
    poll(&mut first, at(10), &bell).unwrap().spend();
}

#[test]
fn a_queue_keeps_its_rate_although_timers_are_coarse() {
    // Three a second: no turn but every third is at a whole millisecond.
    let core = limit(Settings::new(Rate::per_second(3)).burst(1).wait(ms(400)));
    assert!(passes(&core, at(0)));
    for (rings, turn) in [(334, 1), (667, 2), (1_001, 3), (1_334, 4)] {
        let mut waiting = queued(&core, at(rings - 333));
        let interval = Rate::per_second(3).interval();
        let turn = at(0).plus(interval * turn);
        let until = due(&mut waiting, at(rings - 333));
        assert!(until.since(turn) < ms(1) && turn <= until, "{until:?}");
        poll(&mut waiting, at(rings), &Arc::default())
            .unwrap()
            .spend();
    }
}
