//! Numbers from outside: who wins, when they hold, what they keep, and that nothing changes when something is wrong.

use std::time::Duration;

use resilient_runtime::breaker::Phase;
use resilient_runtime::config::{Config, Errors, Origin, Target};
use resilient_runtime::registry::{CallListing, Problem};
use resilient_runtime::rejected::Kind;
use resilient_runtime::{
    Scope, breaker, bulkhead, dependency, non_idempotent, rate_limit, registry, retry, timeout,
};
use resilient_tests::events::Events;
use resilient_tests::look;
use resilient_tests::service::{Error, HANGS, LOST, NOT_SENT, OK, Service, fails, ms};
use tokio::time::{Instant, sleep};

/// A file with one table.
fn file(text: &str) -> Result<(), Errors> {
    Config::from_toml_str(text)?.apply()
}

fn variable(name: &str, value: &str) -> Result<(), Errors> {
    Config::from_vars([(name.to_owned(), value.to_owned())])?.apply()
}

/// How the registry lists the call of this name.
fn listed(name: &str) -> CallListing {
    let name = format!("behaviour::config::{name}");
    let mut calls = registry().snapshot().calls;
    calls.retain(|call| call.name == name);
    assert_eq!(calls.len(), 1, "calls named {name}");
    calls.remove(0)
}

#[timeout("1s")]
async fn limited(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn a_limit_from_a_file_holds_from_the_next_call_on() {
    let under_way = Instant::now();
    let hanging = Service::new([HANGS]);
    let (answer, ()) = tokio::join!(limited(&hanging), async {
        sleep(ms(10)).await;
        file("[call.\"behaviour::config::limited\"]\ntimeout.total = \"3s\"").unwrap();
    });
    assert!(answer.is_err());
    assert_eq!(
        under_way.elapsed(),
        ms(1_000),
        "a call under way keeps its numbers"
    );

    let next = Instant::now();
    let kind = limited(&Service::new([HANGS])).await.unwrap_err().kind();
    assert_eq!(next.elapsed(), ms(3_000));
    assert_eq!(kind, Kind::TotalTimeout { limit: ms(3_000) });

    let call = listed("limited");
    assert_eq!(call.settings.total, Some(ms(3_000)));
    assert_eq!(
        call.overrides[0].to_string(),
        "call `behaviour::config::limited`: timeout.total = 3s (file, line 2:9)"
    );

    file("").unwrap();
    let next = Instant::now();
    assert!(limited(&Service::new([HANGS])).await.is_err());
    assert_eq!(
        next.elapsed(),
        ms(1_000),
        "what is no longer in the file falls back"
    );
    assert!(listed("limited").overrides.is_empty());
}

#[timeout("1s")]
async fn seen_from_two_scopes(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn it_holds_in_the_scope_that_was_current_and_in_no_other() {
    let length = async || {
        let start = Instant::now();
        let _ = seen_from_two_scopes(&Service::new([HANGS])).await;
        start.elapsed()
    };
    let tenant = Scope::new();
    tenant.within(|| {
        file("[call.\"behaviour::config::seen_from_two_scopes\"]\ntimeout.total = \"5s\"").unwrap();
    });
    assert_eq!(length().await, ms(1_000));
    assert_eq!(tenant.run(length()).await, ms(5_000));
    assert_eq!(length().await, ms(1_000));
    drop(tenant);
    assert_eq!(length().await, ms(1_000));
}

#[dependency("switched")]
#[retry(idempotent, attempts = 3, jitter(none), backoff(fixed, "100ms"))]
async fn repeats(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn an_operator_turns_the_repeats_of_a_dependency_off_and_on_again() {
    let calls = async || {
        let service = Service::new([fails(NOT_SENT)]);
        let _ = repeats(&service).await;
        service.calls()
    };
    let target = Target::dependency("behaviour/switched");
    assert_eq!(calls().await, 3);
    registry().set(&target, "retry.attempts", "1").unwrap();
    assert_eq!(calls().await, 1);
    registry().set(&target, "retry.attempts", "2").unwrap();
    assert_eq!(calls().await, 2);
    assert_eq!(listed("repeats").settings.attempts, 2);
    assert_eq!(listed("repeats").overrides[0].origin, Origin::RunTime);
    registry().unset(&target, "retry.attempts").unwrap();
    assert_eq!(calls().await, 3);
    assert!(registry().snapshot().overrides.is_empty());
}

#[resilient_runtime::test]
async fn the_waits_between_attempts_can_be_others() {
    let length = async || {
        let (service, start) = (Service::new([fails(NOT_SENT)]), Instant::now());
        let _ = repeats(&service).await;
        start.elapsed()
    };
    assert_eq!(length().await, ms(200));
    file("[call.\"behaviour::config::repeats\"]\nretry.backoff = \"1s\"").unwrap();
    assert_eq!(length().await, ms(2_000));
}

#[non_idempotent]
#[retry(not_sent, attempts = 2, jitter(none))]
async fn charge(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn no_number_makes_a_write_repeat_what_may_have_been_sent() {
    let name = "behaviour::config::charge";
    file(&format!("[call.\"{name}\"]\nretry.attempts = 5")).unwrap();
    let lost = Service::new([fails(LOST), OK]);
    assert!(charge(&lost).await.is_err());
    assert_eq!(lost.calls(), 1);
    let unsent = Service::new([fails(NOT_SENT)]);
    assert!(charge(&unsent).await.is_err());
    assert_eq!(unsent.calls(), 5);
    for key in [
        "retry.idempotent",
        "retry.not_sent",
        "retry.when",
        "retry.budget",
        "retry.jitter",
    ] {
        let refused = registry().set(&Target::call(name), key, "1").unwrap_err();
        assert!(refused[0].reason.contains("has no key"), "{refused}");
    }
    let many = registry()
        .set(&Target::call(name), "retry.attempts", "6")
        .unwrap_err();
    assert!(many[0].reason.contains("at most 5"), "{many}");
}

#[dependency("ranked")]
#[timeout("1s")]
async fn ranked(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn an_operator_wins_over_a_variable_and_that_over_the_file_and_a_call_over_its_dependency() {
    let _ = ranked(&Service::new([OK])).await;
    let total = || listed("ranked").settings.total.unwrap().as_secs();
    let call = Target::call("behaviour::config::ranked");
    file("[dependency.\"behaviour/ranked\"]\ntimeout.total = \"2s\"").unwrap();
    assert_eq!(total(), 2);
    file("[dependency.\"behaviour/ranked\"]\ntimeout.total = \"2s\"\n[call.\"behaviour::config::ranked\"]\ntimeout.total = \"3s\"").unwrap();
    assert_eq!(total(), 3);
    variable(
        "RESILIENT_DEPENDENCY__BEHAVIOUR__RANKED__TIMEOUT_TOTAL",
        "4s",
    )
    .unwrap();
    assert_eq!(total(), 4);
    variable(
        "RESILIENT_CALL__BEHAVIOUR__CONFIG__RANKED__TIMEOUT_TOTAL",
        "5s",
    )
    .unwrap();
    assert_eq!(total(), 5);
    registry().set(&call, "timeout.total", "6s").unwrap();
    assert_eq!(total(), 6);
    assert_eq!(listed("ranked").overrides.len(), 4);
    variable(
        "RESILIENT_CALL__BEHAVIOUR__CONFIG__RANKED__TIMEOUT_TOTAL",
        "7s",
    )
    .unwrap();
    assert_eq!(
        total(),
        6,
        "an operator's word holds until it is taken back"
    );
    registry().unset(&call, "timeout.total").unwrap();
    assert_eq!(total(), 7);
    let start = Instant::now();
    let _ = ranked(&Service::new([HANGS])).await;
    assert_eq!(start.elapsed(), ms(7_000));
    Config::from_vars([]).unwrap().apply().unwrap();
    assert_eq!(total(), 3);
}

mod of_one_dependency {
    use super::{Error, Service, bulkhead, dependency, retry, timeout};

    pub(super) struct Client;

    #[dependency("mixed")]
    impl Client {
        #[timeout("1s")]
        pub(super) async fn without_a_retry(&self, service: &Service) -> Result<u32, Error> {
            service.call().await
        }

        #[retry(read_only)]
        #[timeout(total = "2s", attempt = "500ms")]
        pub(super) async fn with_one(&self, service: &Service) -> Result<u32, Error> {
            service.call().await
        }

        #[bulkhead(3)]
        pub(super) async fn without_a_limit(&self, service: &Service) -> Result<u32, Error> {
            service.call().await
        }
    }
}

#[resilient_runtime::test]
async fn what_is_said_of_a_dependency_is_about_those_of_its_functions_that_have_such_a_number() {
    let client = of_one_dependency::Client;
    let _ = client.without_a_retry(&Service::new([OK])).await;
    let _ = client.with_one(&Service::new([OK])).await;
    let _ = client.without_a_limit(&Service::new([OK])).await;
    file(
        "[dependency.\"behaviour/mixed\"]\ntimeout.attempt = \"300ms\"\nretry.attempts = 2\nbulkhead.limit = 4",
    )
    .unwrap();
    let one = listed("of_one_dependency::with_one");
    assert_eq!(
        (one.settings.attempt, one.settings.attempts),
        (Some(ms(300)), 2)
    );
    assert_eq!(one.overrides.len(), 2);
    assert!(
        listed("of_one_dependency::without_a_retry")
            .overrides
            .is_empty()
    );
    assert!(
        listed("of_one_dependency::without_a_limit")
            .overrides
            .is_empty()
    );
    assert_eq!(look::bulkhead("mixed").limit, 4);
    // Of one function by its name it is a mistake.
    let target = Target::call("behaviour::config::of_one_dependency::without_a_retry");
    let refused = registry().set(&target, "retry.attempts", "2").unwrap_err();
    assert!(refused[0].reason.contains("it has no `retry`"), "{refused}");
}

struct Holder {
    breaker: breaker::Breaker,
}

impl Holder {
    #[breaker(self.breaker)]
    async fn call(&self, service: &Service) -> Result<u32, Error> {
        service.call().await
    }
}

#[resilient_runtime::test]
async fn a_clients_own_state_goes_by_the_name_it_is_shown_under() {
    let new = || Holder {
        breaker: breaker::Breaker::new(breaker::Settings::new()).shown_as("held"),
    };
    let before = new();
    let _ = before.call(&Service::new([OK])).await;
    file("[breaker.held]\nconsecutive = 1").unwrap();
    for client in [before, new()] {
        let _ = client.call(&Service::new([fails(LOST)])).await;
        assert!(client.call(&Service::new([OK])).await.is_err());
    }
}

#[timeout("1s")]
async fn called_by_many(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[test]
fn whoever_applies_last_is_heard_by_every_thread_that_calls_afterwards() {
    let scope = Scope::new();
    let name = "behaviour::config::called_by_many";
    let apply = |seconds: u32| {
        let text = format!("[call.\"{name}\"]\ntimeout.total = \"{seconds}s\"");
        scope.within(|| file(&text).unwrap());
    };
    std::thread::scope(|threads| {
        for thread in 0..4 {
            let (scope, apply) = (&scope, &apply);
            threads.spawn(move || {
                for round in 0..200 {
                    if thread == 0 {
                        apply(2 + round % 7);
                    }
                    resilient_runtime::testing::run(scope.run(async {
                        assert!(called_by_many(&Service::new([OK])).await.is_ok());
                    }));
                }
            });
        }
    });
    apply(9);
    resilient_runtime::testing::run(scope.run(async {
        let start = Instant::now();
        assert!(called_by_many(&Service::new([HANGS])).await.is_err());
        assert_eq!(start.elapsed(), ms(9_000));
    }));
}

#[dependency("kept")]
#[breaker(consecutive = 2, open = "10s")]
#[bulkhead(1)]
async fn stateful(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn states_get_other_numbers_and_keep_what_they_know() {
    let _ = stateful(&Service::new([OK])).await;
    let _ = stateful(&Service::new([fails(LOST)])).await;
    file("[dependency.\"behaviour/kept\"]\nbreaker = { consecutive = 3, open = \"2s\", max_open = \"2s\" }\nbulkhead.limit = 2").unwrap();
    assert_eq!(
        look::breaker("kept").calls,
        2,
        "what was counted is not lost"
    );
    let _ = stateful(&Service::new([fails(LOST)])).await;
    assert_eq!(
        look::breaker("kept").phase,
        Phase::Closed,
        "two are no longer enough"
    );
    let _ = stateful(&Service::new([fails(LOST)])).await;
    assert_eq!(look::breaker("kept").phase, Phase::Open);
    file("[dependency.\"behaviour/kept\"]\nbulkhead.limit = 3").unwrap();
    assert_eq!(
        look::breaker("kept").phase,
        Phase::Open,
        "and it stays open"
    );
    sleep(ms(2_000)).await;
    assert_eq!(
        stateful(&Service::new([OK])).await,
        Ok(1),
        "for the time it had when it opened"
    );

    let busy = Service::new([OK.after(ms(100))]);
    let (one, other, ()) = tokio::join!(stateful(&busy), stateful(&busy), async {
        sleep(ms(10)).await;
        file("[dependency.\"behaviour/kept\"]\nbulkhead.limit = 1").unwrap();
        assert_eq!(
            look::bulkhead("kept").in_flight,
            2,
            "permits that are out stay out"
        );
        assert!(
            stateful(&busy)
                .await
                .is_err_and(|error| error.kind() == Kind::BulkheadFull)
        );
    });
    assert!(one.is_ok() && other.is_ok());
}

#[breaker("keyed-config", consecutive = 5, key(tenant))]
async fn keyed(service: &Service, tenant: u32) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn every_key_of_a_state_gets_the_number_those_that_are_there_and_those_that_come() {
    let name = "breaker.\"behaviour/keyed-config\"";
    let _ = keyed(&Service::new([fails(LOST)]), 1).await;
    file(&format!("[{name}]\nconsecutive = 2")).unwrap();
    for tenant in [1, 2, 2] {
        let _ = keyed(&Service::new([fails(LOST)]), tenant).await;
    }
    for tenant in [1, 2] {
        assert!(
            keyed(&Service::new([OK]), tenant).await.is_err(),
            "{tenant}"
        );
    }
    assert!(keyed(&Service::new([OK]), 3).await.is_ok());
}

#[bulkhead("late", 1)]
async fn late(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[bulkhead("late", 5)]
async fn later(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn a_state_that_is_used_later_begins_with_the_number_and_keeps_it_when_places_disagree() {
    variable("RESILIENT_BULKHEAD__BEHAVIOUR__LATE__LIMIT", "3").unwrap();
    assert!(!registry().snapshot().overrides.is_empty());
    let _ = late(&Service::new([OK])).await;
    assert_eq!(look::bulkhead("late").limit, 3);
    let _ = later(&Service::new([OK])).await;
    assert_eq!(look::bulkhead("late").limit, 3);
    assert_eq!(
        look::listing("bulkhead", "late").overrides[0].origin,
        Origin::Environment
    );
    registry().resize("behaviour/late", 4).unwrap();
    assert_eq!(
        look::bulkhead("late").limit,
        4,
        "an operator's command is the last word"
    );
    Config::from_vars([]).unwrap().apply().unwrap();
    assert_eq!(look::bulkhead("late").limit, 4);
}

#[rate_limit("paced", "1/s", burst = 1)]
async fn paced(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn a_rate_limit_gets_another_rate_and_keeps_what_is_owed() {
    assert!(paced(&Service::new([OK])).await.is_ok());
    file("[rate_limit.\"behaviour/paced\"]\nrate = \"10/s\"").unwrap();
    assert!(
        paced(&Service::new([OK])).await.is_err(),
        "the token is not given back"
    );
    sleep(ms(100)).await;
    assert!(paced(&Service::new([OK])).await.is_ok());
    let rate = || {
        look::listing("rate_limit", "paced").overrides[0]
            .value
            .clone()
    };
    assert_eq!(rate(), "10/s");
    registry()
        .set_rate("behaviour/paced", "5/s".parse().unwrap())
        .unwrap();
    let overrides = look::listing("rate_limit", "paced").overrides;
    assert_eq!(
        overrides[1].value, "5/s",
        "an operator's command is the last word"
    );
    sleep(ms(100)).await;
    assert!(paced(&Service::new([OK])).await.is_err());
}

#[breaker]
async fn unnamed(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn state_without_a_name_goes_by_its_functions() {
    let _ = unnamed(&Service::new([OK])).await;
    file("[call.\"behaviour::config::unnamed\"]\nbreaker.min_calls = 7").unwrap();
    let listing = look::listing("breaker", "::unnamed@");
    assert!(
        listing.settings.contains("min_calls: 7"),
        "{}",
        listing.settings
    );
}

#[retry(read_only)]
#[timeout(total = "2s", attempt = "500ms")]
#[bulkhead("whole-or-nothing", 3)]
async fn checked(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn everything_that_is_wrong_is_said_with_its_place_and_nothing_has_changed() {
    let _ = checked(&Service::new([OK])).await;
    let refused = file(
        "[call.\"behaviour::config::checked\"]\n\
         timeout.total = \"400ms\"\n\
         breaker.opn = \"1s\"\n\
         timeouts.total = \"1s\"\n\
         retry.attempts = 0\n\
         [calls.\"x\"]\n\
         [bulkhead.\"behaviour/whole-or-nothing\"]\n\
         limit = [1]\n",
    );
    assert_eq!(
        refused.unwrap_err().to_string(),
        "this configuration was not applied\n  \
         line 3:9: `breaker` has no key `opn`; did you mean `open`?\n  \
         line 4:10: there is no section `timeouts`; did you mean `timeout`?\n  \
         line 5:18: `retry.attempts`: 0: it must be at least 1\n  \
         line 6:2: there is no table `calls`; did you mean `call`?\n  \
         line 8:9: `bulkhead.limit` is a string or a number"
    );
    let refused = file(
        "[call.\"behaviour::config::checked\"]\n\
         timeout.total = \"400ms\"\n\
         [bulkhead.\"behaviour/whole-or-nothing\"]\n\
         limit = 7\n\
         queue = 3\n",
    );
    let refused = refused.unwrap_err();
    assert_eq!(refused.len(), 2, "{refused}");
    assert_eq!(refused[0].at, "line 2:9");
    assert!(
        refused[0]
            .reason
            .contains("does not fit into a total of 400ms"),
        "{refused}"
    );
    assert!(
        refused[1].reason.contains("nobody waits in this queue"),
        "{refused}"
    );
    assert_eq!(listed("checked").settings.total, Some(ms(2_000)));
    assert_eq!(look::bulkhead("whole-or-nothing").limit, 3);
    assert!(registry().snapshot().overrides.is_empty());
    registry().validate().unwrap();
}

#[timeout("1s")]
async fn met_late(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn what_cannot_work_where_it_is_met_is_left_out_told_and_listed() {
    let events = Events::record();
    file("[call.\"behaviour::config::met_late\"]\ntimeout.attempt = \"1s\"").unwrap();
    let start = Instant::now();
    let _ = met_late(&Service::new([HANGS])).await;
    let _ = met_late(&Service::new([OK])).await;
    assert_eq!(start.elapsed(), ms(1_000));
    assert_eq!(events.with("left out").len(), 1, "{:?}", events.lines());
    let problems = registry().validate().unwrap_err();
    assert!(
        matches!(&problems[..], [Problem::Override { refused, .. }] if refused.key == "timeout.attempt"),
        "{problems}"
    );
    assert_eq!(listed("met_late").settings.attempt, None);
    assert!(listed("met_late").overrides.is_empty());
}

#[retry(
    read_only,
    attempts = 7,
    allow(many_attempts),
    backoff(fixed, "1s"),
    jitter(none)
)]
#[timeout(total = "1m", attempt = "4s")]
async fn generous(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn what_the_source_allows_itself_stays_allowed_and_what_follows_from_a_number_follows_it() {
    let _ = generous(&Service::new([OK])).await;
    let target = Target::call("behaviour::config::generous");
    let set = |key, value| registry().set(&target, key, value);
    assert_eq!(listed("generous").settings.least, Some(ms(1_000)));
    set("timeout.attempt", "8s").unwrap();
    assert_eq!(
        listed("generous").settings.least,
        Some(ms(2_000)),
        "a quarter of an attempt"
    );
    set("timeout.least", "3s").unwrap();
    assert_eq!(
        listed("generous").settings.least,
        Some(Duration::from_secs(3))
    );
    set("retry.attempts", "7").unwrap();
    assert!(set("retry.attempts", "8").is_err());
    assert!(
        set("retry.backoff_max", "2s").is_err(),
        "a fixed backoff does not grow"
    );
    assert!(set("timeout.total", "8500ms").is_err(), "no second attempt");
    assert!(
        set("timeout.least", "9s").is_err(),
        "longer than an attempt"
    );
    assert!(set("total", "1s").is_err(), "no section");
}
