//! A limit that follows the service.

mod model;

use super::*;
use crate::bulkhead::{Adaptive, Change, Load};

fn at(millis: u64) -> Stamp {
    Stamp::FIRST.plus(Duration::from_millis(millis))
}

fn limit(core: &Core) -> u32 {
    core.snapshot().limit
}

/// As many calls at once as the limit allows, all with this end; what was told.
fn round(core: &Ref<Core>, load: Load, now: Stamp) -> Vec<Change> {
    let calls: Vec<Permit> = (0..limit(core)).map(|_| entered(core)).collect();
    let left = calls.into_iter().map(|call| call.leave(|| load, || now));
    left.flatten().collect()
}

fn fall_to(core: &Ref<Core>, wanted: u32) {
    while limit(core) > wanted {
        round(core, Load::Heavy, at(0));
    }
    assert_eq!(limit(core), wanted);
}

#[test]
fn it_begins_at_twenty_or_at_the_nearer_bound() {
    for ((min, max), begins) in [((1, 200), 20), ((1, 8), 8), ((50, 90), 50)] {
        let core = bulkhead(Settings::adaptive(min, max));
        let snapshot = core.snapshot();
        assert_eq!(snapshot.limit, begins);
        assert_eq!(snapshot.adaptive, Some(Adaptive { min, max }));
    }
}

#[test]
fn what_is_lost_together_is_one_sign_and_halves_the_limit_once() {
    let core = bulkhead(Settings::adaptive(1, 200));
    round(&core, Load::Heavy, at(0));
    assert_eq!(limit(&core), 10);
    let early = entered(&core);
    entered(&core).leave(|| Load::Heavy, || at(0));
    assert_eq!(limit(&core), 5, "let in afterwards, so a sign of its own");
    early.leave(|| Load::Heavy, || at(0));
    assert_eq!(limit(&core), 5, "let in before");
    for _ in 0..10 {
        entered(&core).leave(|| Load::Heavy, || at(0));
    }
    assert_eq!(limit(&core), 1, "and never below the least");
}

#[test]
fn plain_errors_and_dropped_calls_change_nothing() {
    let core = bulkhead(Settings::adaptive(1, 200));
    assert!(round(&core, Load::Silent, at(0)).is_empty());
    drop((0..20).map(|_| entered(&core)).collect::<Vec<_>>());
    assert_eq!(limit(&core), 20);
    assert_eq!(counts(&core), (0, 0));
}

#[test]
fn a_limit_that_is_not_used_does_not_grow() {
    let core = bulkhead(Settings::adaptive(1, 200));
    let nine: Vec<_> = (0..8).map(|_| entered(&core)).collect();
    for _ in 0..1_000 {
        entered(&core).leave(|| Load::Fine, || at(0));
    }
    assert_eq!(limit(&core), 20, "nine of twenty");
    let tenth = entered(&core);
    entered(&core).leave(|| Load::Fine, || at(0));
    assert_eq!(limit(&core), 21, "half of it");
    drop((nine, tenth));
}

#[test]
fn until_the_first_loss_it_grows_with_every_answer_and_then_with_every_round() {
    let core = bulkhead(Settings::adaptive(1, 60));
    round(&core, Load::Fine, at(0));
    let grown = limit(&core);
    assert!(
        (25..=40).contains(&grown),
        "{grown}: those who left last used less than half"
    );
    while limit(&core) < 60 {
        round(&core, Load::Fine, at(0));
    }
    round(&core, Load::Fine, at(0));
    assert_eq!(limit(&core), 60, "the most");
    round(&core, Load::Heavy, at(0));
    assert_eq!(limit(&core), 30);
    let others: Vec<_> = (0..29).map(|_| entered(&core)).collect();
    for _ in 0..29 {
        entered(&core).leave(|| Load::Fine, || at(0));
    }
    assert_eq!(limit(&core), 30);
    entered(&core).leave(|| Load::Fine, || at(0));
    assert_eq!(limit(&core), 31, "thirty answers for one more");
    drop(others);
}

#[test]
fn after_an_outage_it_soon_goes_back_to_half_of_what_held_before() {
    let core = bulkhead(Settings::adaptive(1, 200));
    fall_to(&core, 1);
    let mut answers = 0;
    while limit(&core) < 10 {
        round(&core, Load::Fine, at(0));
        answers += 1;
    }
    assert!(answers <= 8, "{answers} rounds from 1 to 10");
    let at_ten = limit(&core);
    round(&core, Load::Fine, at(0));
    assert!(limit(&core) <= at_ten + 1, "from there one by one");
}

#[test]
fn a_change_is_told_when_it_has_halved_or_doubled_and_once_a_second() {
    let core = bulkhead(Settings::adaptive(1, 200));
    assert_eq!(
        round(&core, Load::Heavy, at(0)),
        [Change { from: 20, to: 10 }]
    );
    assert_eq!(
        round(&core, Load::Heavy, at(500)),
        [],
        "half a second later"
    );
    assert_eq!(limit(&core), 5);
    assert_eq!(
        round(&core, Load::Heavy, at(1_000)),
        [Change { from: 10, to: 2 }]
    );
    let told: Vec<_> = (0..100)
        .flat_map(|nth| round(&core, Load::Fine, at(2_000 + nth)))
        .collect();
    assert_eq!(
        told,
        [Change { from: 2, to: 4 }],
        "a hundred steps in a tenth of a second"
    );
}

#[test]
fn other_bounds_keep_the_limit_where_it_is_and_another_limit_moves_it() {
    let core = bulkhead(Settings::adaptive(1, 200));
    fall_to(&core, 5);
    core.configure(Settings::adaptive(2, 100));
    assert_eq!(limit(&core), 5);
    core.configure(Settings::adaptive(8, 100));
    assert_eq!(limit(&core), 8);
    let mut resized = Settings::adaptive(8, 100);
    resized.limit = 40;
    core.configure(resized);
    assert_eq!(limit(&core), 40);
    core.configure(Settings::new(3));
    assert_eq!(limit(&core), 3);
    round(&core, Load::Heavy, at(0));
    assert_eq!(limit(&core), 3, "fixed now");
}

#[test]
fn a_limit_that_grows_lets_the_next_in_the_queue_in() {
    let core = bulkhead(Settings::adaptive(1, 200).wait(WAIT));
    fall_to(&core, 1);
    let call = entered(&core);
    let (mut first, mut second) = (queued(&core), queued(&core));
    let bells = [Arc::<Bell>::default(), Arc::default()];
    assert!(poll(&mut first, &bells[0]).is_pending() && poll(&mut second, &bells[1]).is_pending());
    call.leave(|| Load::Fine, || at(0));
    assert_eq!(limit(&core), 2);
    let _in_flight = (granted(&mut first), granted(&mut second));
    assert_eq!(counts(&core), (2, 0));
}

#[test]
fn a_reset_begins_anew() {
    let core = bulkhead(Settings::adaptive(1, 200));
    fall_to(&core, 1);
    core.reset(at(0));
    assert_eq!(limit(&core), 20);
}

#[test]
fn a_loss_lowers_it_to_half_or_to_what_was_in_use() {
    let core = bulkhead(Settings::adaptive(1, 200));
    let lost = entered(&core);
    let mut others: Vec<Permit> = (0..4).map(|_| entered(&core)).collect();
    let answered = others.pop().expect("four of them");
    answered.leave(|| Load::Fine, || at(0));
    lost.leave(|| Load::Heavy, || at(0));
    assert_eq!(limit(&core), 5, "five were in use, and one was answered");

    let core = bulkhead(Settings::adaptive(1, 200));
    let _others: Vec<Permit> = (0..14).map(|_| entered(&core)).collect();
    let lost = entered(&core);
    entered(&core).leave(|| Load::Fine, || at(0));
    lost.leave(|| Load::Heavy, || at(0));
    assert_eq!(limit(&core), 10, "half is less than the sixteen in use");
}

#[test]
fn a_loss_while_nothing_was_answered_lowers_it_to_half_of_what_was_in_use() {
    let core = bulkhead(Settings::adaptive(1, 200));
    let calls: Vec<Permit> = (0..5).map(|_| entered(&core)).collect();
    for call in calls {
        call.leave(|| Load::Heavy, || at(0));
    }
    assert_eq!(limit(&core), 5, "no less than a quarter of it at once");
    let calls: Vec<Permit> = (0..4).map(|_| entered(&core)).collect();
    round_of(&core, 1, Load::Heavy);
    assert_eq!(limit(&core), 2);
    drop(calls);
}

#[test]
fn what_was_in_use_is_forgotten_by_and_by() {
    let after = |answers| {
        let core = bulkhead(Settings::adaptive(1, 8));
        let calls: Vec<Permit> = (0..8).map(|_| entered(&core)).collect();
        for call in calls {
            call.leave(|| Load::Fine, || at(0));
        }
        for _ in 0..answers {
            entered(&core).leave(|| Load::Fine, || at(0));
        }
        entered(&core).leave(|| Load::Heavy, || at(0));
        limit(&core)
    };
    assert_eq!([after(0), after(20), after(200)], [4, 3, 2]);
}

#[test]
fn a_call_from_before_the_last_loss_says_nothing_new_however_much_it_grew_since() {
    let core = bulkhead(Settings::adaptive(1, 200));
    let early = entered(&core);
    round_of(&core, 19, Load::Heavy);
    assert_eq!(limit(&core), 10);
    for _ in 0..30 {
        round_of(&core, limit(&core) - 1, Load::Fine);
    }
    let grown = limit(&core);
    assert!(grown > 20, "{grown}");
    early.leave(|| Load::Heavy, || at(0));
    assert_eq!(limit(&core), grown);
}

/// So many calls at once, all with this end.
fn round_of(core: &Ref<Core>, calls: u32, load: Load) {
    let calls: Vec<Permit> = (0..calls).map(|_| entered(core)).collect();
    for call in calls {
        call.leave(|| load, || at(0));
    }
}

#[test]
fn bounds_that_make_no_sense_are_refused_and_the_stricter_hold() {
    for (settings, part) in [
        (Settings::adaptive(0, 10), "at least 1"),
        (Settings::adaptive(10, 10), "above `min`"),
        (Settings::adaptive(10, 5), "above `min`"),
        (Settings::adaptive(1, u32::MAX), "at most 2147483647"),
    ] {
        let said = settings.validate().expect_err("not a bulkhead");
        assert!(said.contains(part), "{said}");
    }
    let mut outside = Settings::adaptive(5, 10);
    outside.limit = 11;
    assert!(
        outside
            .validate()
            .unwrap_err()
            .contains("not between 5 and 10")
    );
    let both = Core::stricter(Settings::adaptive(5, 100), Settings::adaptive(1, 50));
    assert_eq!(both, Settings::adaptive(1, 50));
    let beside_fixed = Core::stricter(Settings::adaptive(5, 100), Settings::new(30));
    assert_eq!(beside_fixed.adaptive, Some(Adaptive { min: 5, max: 30 }));
    let below = Core::stricter(Settings::adaptive(5, 100), Settings::new(3));
    assert_eq!(below, Settings::new(3));
}
