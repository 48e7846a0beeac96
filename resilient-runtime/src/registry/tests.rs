//! What the registry shows, finds and refuses.

use std::sync::{Arc, Mutex};

use super::{CommandError, Live, Registry};
use crate::breaker::{self, Breaker, Phase};
use crate::bulkhead::{Bulkhead, Settings};
use crate::clock::Stamp;
use crate::scope::Scope;
use crate::shared::fake::Fake;
use crate::shared::{Place, Shared, State};

const fn charge(name: &'static str, size: u32, line: u32) -> Shared<Fake> {
    Shared::named(
        name,
        size,
        Place::new("shop::pay", "charge", "src/pay.rs", line),
    )
}

const PLACE: Place = Place::new("shop::hall", "reserve", "src/hall.rs", 1);

#[test]
fn it_lists_what_was_called_sorted_with_places_and_settings() {
    static TWO: Shared<Fake> = charge("two", 2, 20);
    static ONE: Shared<Fake> = charge("one", 1, 10);
    static NEVER: Shared<Fake> = charge("never", 1, 30);
    let scope = Scope::new();
    scope.within(|| drop((TWO.get(), ONE.get())));
    let snapshot = scope.registry().snapshot();
    let names: Vec<_> = snapshot
        .listings
        .iter()
        .map(|l| l.name.to_string())
        .collect();
    assert_eq!(names, ["shop/one", "shop/two"], "and not {NEVER:?}");
    let two = &snapshot.listings[1];
    assert_eq!((two.policy, two.settings.as_str()), ("fake", "2"));
    assert_eq!(two.written_at[0].place.to_string(), "shop::pay::charge@20");
}

#[test]
fn a_field_is_listed_while_its_client_lives() {
    let scope = Scope::new();
    scope.within(|| {
        let client = Shared::<Fake>::new(1);
        client.own().get().call();
        assert_eq!(scope.registry().snapshot().listings.len(), 1);
    });
    assert_eq!(scope.registry().snapshot().listings.len(), 0);
}

#[test]
fn keys_are_counted_but_not_listed() {
    static KEYED: Shared<Fake> = charge("keyed", 1, 1);
    let scope = Scope::new();
    scope.within(|| drop(KEYED.keyed(crate::keyed::KeyHash::of("secret"))));
    let snapshot = scope.registry().snapshot();
    assert_eq!(snapshot.listings.len(), 1);
    assert_eq!(snapshot.listings[0].keys.unwrap().kept, 1);
    assert!(!format!("{snapshot:?}").contains("secret"));
}

#[test]
fn validate_reports_conflicts_and_impossible_settings_at_once() {
    static WIDE: Shared<Fake> = charge("conflict", 9, 1);
    static NARROW: Shared<Fake> = charge("conflict", 3, 2);
    static ZERO: Shared<Fake> = charge("zero", 0, 3);
    let scope = Scope::new();
    scope.within(|| drop((WIDE.get(), NARROW.get(), ZERO.get())));
    let problems = scope.registry().validate().unwrap_err();
    assert_eq!(
        problems.to_string(),
        "fake `shop/conflict` has several settings:\n    \
             at shop::pay::charge@1: 9\n    \
             at shop::pay::charge@2: 3\n    \
             the stricter holds: 3\n\
         fake `shop/zero` at shop::pay::charge@3 cannot work: a size of 0 lets nothing through"
    );
    assert_eq!(problems.len(), 2);
}

#[test]
fn one_name_with_the_same_settings_everywhere_is_no_problem() {
    static ONE: Shared<Fake> = charge("agreed", 3, 1);
    static TWO: Shared<Fake> = charge("agreed", 3, 2);
    let scope = Scope::new();
    scope.within(|| drop((ONE.get(), TWO.get())));
    scope.registry().validate().unwrap();
    assert_eq!(scope.registry().snapshot().listings[0].written_at.len(), 2);
}

#[test]
fn settings_of_keys_follow_those_of_the_name() {
    static WIDE: Shared<Fake> = charge("follow", 9, 1);
    static NARROW: Shared<Fake> = charge("follow", 3, 2);
    let key = crate::keyed::KeyHash::of("tenant");
    Scope::new().within(|| {
        assert_eq!(WIDE.keyed(key).settings(), 9);
        drop(NARROW.get());
        assert_eq!(WIDE.keyed(key).settings(), 3);
        assert_eq!(WIDE.keyed(crate::keyed::KeyHash::of("new")).settings(), 3);
    });
}

#[test]
fn a_bulkhead_is_resized_by_name_with_its_keys_and_later_ones() {
    static SEATS: Bulkhead = Bulkhead::named("seats", Settings::new(2), PLACE);
    let [one, two] = ["one", "two"].map(crate::keyed::KeyHash::of);
    let scope = Scope::new();
    scope.within(|| drop(SEATS.0.keyed(one)));
    scope.registry().resize("shop/seats", 7).unwrap();
    scope.within(|| {
        assert_eq!(SEATS.0.get().settings().limit, 7);
        assert_eq!(SEATS.0.keyed(one).settings().limit, 7);
        assert_eq!(SEATS.0.keyed(two).settings().limit, 7);
    });
    let snapshot = scope.registry().snapshot();
    assert!(matches!(snapshot.listings[0].live, Live::Bulkhead(live) if live.limit == 7));
    assert_eq!(
        SEATS.0.get().settings().limit,
        2,
        "the process scope is another"
    );
}

#[test]
fn a_limit_the_attribute_would_refuse_is_refused_here_and_changes_nothing() {
    static STRICT: Bulkhead = Bulkhead::named("strict", Settings::new(2), PLACE);
    let scope = Scope::new();
    scope.within(|| STRICT.register());
    let refused = scope.registry().resize("shop/strict", 0).unwrap_err();
    assert!(matches!(refused, CommandError::Invalid { .. }), "{refused}");
    scope.within(|| assert_eq!(STRICT.0.get().settings().limit, 2));
}

#[test]
fn an_unknown_name_is_an_error_that_says_which_was_probably_meant() {
    static SEATS: Bulkhead = Bulkhead::named("typo", Settings::new(2), PLACE);
    let scope = Scope::new();
    scope.within(|| SEATS.register());
    let text = |name| scope.registry().resize(name, 3).unwrap_err().to_string();
    assert_eq!(
        text("typo"),
        "no bulkhead is called `typo` here: did you mean `shop/typo`?"
    );
    assert_eq!(
        text("elsewhere"),
        "no bulkhead is called `elsewhere` here: it is listed from its first use"
    );
}

#[test]
fn clients_shown_under_one_name_are_steered_together() {
    let scope = Scope::new();
    scope.within(|| {
        let clients = [(), ()].map(|()| Bulkhead::new(Settings::new(2)).shown_as("client"));
        for client in &clients {
            drop(client.0.own());
        }
        scope.registry().resize("client", 5).unwrap();
        for client in &clients {
            assert_eq!(client.0.own().get().settings().limit, 5);
        }
    });
}

fn refuses(core: &crate::breaker::Core) -> bool {
    core.look(Stamp::now()).is_err()
}

#[test]
fn a_breaker_is_forced_and_released_by_name_with_its_keys_and_later_ones() {
    static PAY: Breaker = Breaker::named("pay", breaker::Settings::new(), PLACE);
    let [one, two] = ["one", "two"].map(crate::keyed::KeyHash::of);
    let scope = Scope::new();
    let all_refuse = || {
        scope
            .within(|| [PAY.0.get(), PAY.0.keyed(one), PAY.0.keyed(two)].map(|core| refuses(&core)))
    };
    scope.within(|| drop(PAY.0.keyed(one)));
    scope.registry().force_open("shop/pay").unwrap();
    assert_eq!(all_refuse(), [true; 3]);
    scope.registry().automatic("shop/pay").unwrap();
    assert_eq!(all_refuse(), [false; 3]);
    assert!(!refuses(&PAY.0.get()), "the process scope is another");
}

type Command = fn(&Registry, &str) -> Result<(), CommandError>;

#[test]
fn every_command_of_a_breaker_shows_in_the_snapshot() {
    static PAY: Breaker = Breaker::named("phases", breaker::Settings::new(), PLACE);
    let scope = Scope::new();
    scope.within(|| PAY.register());
    let registry = scope.registry();
    let phase = || match registry.snapshot().listings[0].live {
        Live::Breaker(live) => live.phase,
        ref other => panic!("{other:?}"),
    };
    let commands: [(Command, Phase); 7] = [
        (Registry::force_open, Phase::ForcedOpen),
        (Registry::probe, Phase::HalfOpen),
        (Registry::force_close, Phase::ForcedClosed),
        (Registry::disable, Phase::Disabled),
        (Registry::metrics_only, Phase::MetricsOnly),
        (Registry::automatic, Phase::Closed),
        (Registry::reset, Phase::Closed),
    ];
    for (command, expected) in commands {
        command(&registry, "shop/phases").unwrap();
        assert_eq!(phase(), expected);
    }
    let unknown = registry.force_open("shop/phasse").unwrap_err().to_string();
    assert_eq!(
        unknown,
        "no breaker is called `shop/phasse` here: did you mean `shop/phases`?"
    );
}

#[test]
fn a_command_is_told_to_the_scope_it_was_given_in_and_to_no_other() {
    static PAY: Breaker = Breaker::named("told", breaker::Settings::new(), PLACE);
    let scope = Scope::new();
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    scope.observe(move |event| {
        heard.lock().unwrap().push(event.to_string());
        // Answers what it hears; B26.
        Scope::current().registry().automatic("shop/told").unwrap();
    });
    scope.within(|| drop((PAY.0.get(), PAY.0.keyed(crate::keyed::KeyHash::of("one")))));
    scope.registry().force_open("shop/told").unwrap();
    assert_eq!(
        *told.lock().unwrap(),
        [
            "shop/told: the breaker was closed, is forced open: an operator decided so",
            "shop/told: the breaker was forced open, is closed: an operator handed the decision back"
        ]
    );
}
