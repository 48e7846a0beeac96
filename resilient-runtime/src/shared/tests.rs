//! Which state a `static`, a name and a field mean.

use super::fake::Fake;
use super::*;

static CLIENT: Shared<Fake> = Shared::new(100);

fn place(function: &'static str) -> Place {
    Place::new("my_crate::payments", function, "src/payments.rs", 1)
}

const fn labelled(label: &'static str) -> Shared<Fake> {
    let mut fake = Shared::new(1);
    fake.show_as(label);
    fake
}

const fn named(name: &'static str, size: u32, line: u32) -> Shared<Fake> {
    Shared::named(
        name,
        size,
        Place::new("my_crate::payments", "charge", "src/payments.rs", line),
    )
}

#[test]
fn a_static_is_one_state_and_costs_no_count_in_the_process_scope() {
    CLIENT.get().call();
    let again = CLIENT.get();
    assert!(matches!(again, Ref::Static(_)));
    assert_eq!(again.calls(), 1);
}

#[test]
fn one_name_in_one_crate_is_one_state() {
    static CHARGE: Shared<Fake> = named("one name", 1, 1);
    static REFUND: Shared<Fake> = named("one name", 1, 2);
    CHARGE.get().call();
    assert_eq!(REFUND.get().calls(), 1);
}

#[test]
fn one_name_in_two_crates_is_two_states() {
    static HERE: Shared<Fake> = named("two crates", 1, 1);
    static THERE: Shared<Fake> = Shared::named(
        "two crates",
        1,
        Place::new("other", "charge", "src/lib.rs", 1),
    );
    HERE.get().call();
    assert_eq!(THERE.get().calls(), 0);
    assert_eq!(HERE.shown().to_string(), "my_crate/two crates");
    assert_eq!(THERE.shown().to_string(), "other/two crates");
}

#[test]
fn settings_that_disagree_make_the_stricter_hold_in_any_order() {
    static WIDE: Shared<Fake> = named("disagree", 9, 1);
    static NARROW: Shared<Fake> = named("disagree", 3, 2);
    static BETWEEN: Shared<Fake> = named("disagree", 5, 3);
    assert_eq!(WIDE.get().settings(), 9);
    assert_eq!(NARROW.get().settings(), 3);
    assert_eq!(BETWEEN.get().settings(), 3);
    assert_eq!(WIDE.get().settings(), 3);
}

#[test]
fn a_place_that_repeats_known_settings_does_not_undo_a_change() {
    static FIRST: Shared<Fake> = named("resized", 9, 1);
    static SECOND: Shared<Fake> = named("resized", 9, 2);
    FIRST.process_home().entry.change(|size| *size = 20);
    assert_eq!(SECOND.get().settings(), 20);
}

#[test]
fn an_unnamed_state_is_shown_by_its_place_and_a_label_changes_only_that() {
    static ONE: Shared<Fake> = Shared::unnamed(1, Place::new("a::b", "get", "src/b.rs", 7));
    static TWO: Shared<Fake> = labelled("payments");
    static THREE: Shared<Fake> = labelled("payments");
    assert_eq!(ONE.shown().to_string(), "a::b::get@7");
    assert!(
        CLIENT.shown().to_string().ends_with("tests.rs:6"),
        "{}",
        CLIENT.shown()
    );
    assert_eq!(TWO.shown().to_string(), "payments");
    TWO.get().call();
    assert_eq!(THREE.get().calls(), 0, "a label is no identity");
}

#[test]
fn the_crate_of_a_place_is_the_first_segment_of_its_module() {
    assert_eq!(place("charge").krate(), "my_crate");
    assert_eq!(
        Place::new("my_crate", "main", "src/main.rs", 1).krate(),
        "my_crate"
    );
}

#[test]
fn b27_two_instances_with_a_field_do_not_share_and_a_clone_does() {
    let (one, two) = (Shared::<Fake>::new(1), Shared::<Fake>::new(1));
    let clone = one.clone();
    one.own().get().call();
    assert_eq!(two.own().get().calls(), 0);
    assert_eq!(clone.own().get().calls(), 1);
}

#[test]
fn a_field_is_the_same_state_in_every_scope() {
    let field = Shared::<Fake>::new(1);
    field.own().get().call();
    Scope::new().within(|| assert_eq!(field.own().get().calls(), 1));
}

#[test]
fn a_fields_state_lives_as_long_as_the_client_or_a_call_of_it() {
    const SIZE: u32 = 7_001;
    let client = Shared::<Fake>::new(SIZE);
    let call = client.own().get();
    assert_eq!(Fake::alive(SIZE), 1);
    drop(client);
    assert_eq!(Fake::alive(SIZE), 1, "the call in flight still uses it");
    drop(call);
    assert_eq!(Fake::alive(SIZE), 0);
}

#[test]
fn many_threads_that_meet_at_the_first_call_get_one_state() {
    static RACE: Shared<Fake> = named("race", 1, 1);
    std::thread::scope(|threads| {
        for _ in 0..8 {
            threads.spawn(|| RACE.get().call());
        }
    });
    assert_eq!(RACE.get().calls(), 8);
}

#[test]
fn the_first_call_in_a_scope_does_not_make_the_process_state() {
    const SIZE: u32 = 7_002;
    static ONLY_THERE: Shared<Fake> = Shared::new(SIZE);
    let scope = Scope::new();
    scope.within(|| ONLY_THERE.get().call());
    assert_eq!(Fake::alive(SIZE), 1);
    drop(scope);
    assert_eq!(Fake::alive(SIZE), 0, "the scope's state went with it");
    assert_eq!(ONLY_THERE.get().calls(), 0);
}

#[test]
fn the_strictest_holds_for_the_name_and_every_key_however_threads_meet() {
    const fn at(line: u32) -> Shared<Fake> {
        named("threads", 100 - line, line)
    }
    static PLACES: [Shared<Fake>; 8] = [at(1), at(2), at(3), at(4), at(5), at(6), at(7), at(8)];
    for _ in 0..200 {
        let scope = Scope::new();
        std::thread::scope(|threads| {
            for place in &PLACES {
                let scope = &scope;
                threads.spawn(move || {
                    scope.within(|| drop(place.keyed(KeyHash::of(&place.place.line))));
                });
            }
        });
        scope.within(|| {
            assert_eq!(PLACES[0].get().settings(), 92);
            for line in 1..=8_u32 {
                assert_eq!(PLACES[0].keyed(KeyHash::of(&line)).settings(), 92);
            }
        });
    }
}
