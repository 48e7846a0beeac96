//! Calls: who wins, when a number holds, and in which scope.

use resilient_runtime::config::{Config, Origin, Target};
use resilient_runtime::rejected::Kind;
use resilient_runtime::{
    Scope, breaker, bulkhead, dependency, non_idempotent, registry, retry, timeout,
};
use resilient_tests::look;
use resilient_tests::service::{Error, HANGS, LOST, NOT_SENT, OK, Service, fails, ms};
use tokio::time::{Instant, sleep};

use super::{file, listed, variable};

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
        file("[call.\"behaviour::config::calls::limited\"]\ntimeout.total = \"3s\"").unwrap();
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

    let call = listed("calls::limited");
    assert_eq!(call.settings.total, Some(ms(3_000)));
    assert_eq!(
        call.overrides[0].to_string(),
        "call `behaviour::config::calls::limited`: timeout.total = 3s (file, line 2:9)"
    );

    file("").unwrap();
    let next = Instant::now();
    assert!(limited(&Service::new([HANGS])).await.is_err());
    assert_eq!(
        next.elapsed(),
        ms(1_000),
        "what is no longer in the file falls back"
    );
    assert!(listed("calls::limited").overrides.is_empty());
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
        file("[call.\"behaviour::config::calls::seen_from_two_scopes\"]\ntimeout.total = \"5s\"")
            .unwrap();
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
    assert_eq!(listed("calls::repeats").settings.attempts, 2);
    assert_eq!(
        listed("calls::repeats").overrides[0].origin,
        Origin::RunTime
    );
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
    file("[call.\"behaviour::config::calls::repeats\"]\nretry.backoff = \"1s\"").unwrap();
    assert_eq!(length().await, ms(2_000));
}

#[non_idempotent]
#[retry(not_sent, attempts = 2, jitter(none))]
async fn charge(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn no_number_makes_a_write_repeat_what_may_have_been_sent() {
    let name = "behaviour::config::calls::charge";
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
    let total = || listed("calls::ranked").settings.total.unwrap().as_secs();
    let call = Target::call("behaviour::config::calls::ranked");
    file("[dependency.\"behaviour/ranked\"]\ntimeout.total = \"2s\"").unwrap();
    assert_eq!(total(), 2);
    file("[dependency.\"behaviour/ranked\"]\ntimeout.total = \"2s\"\n[call.\"behaviour::config::calls::ranked\"]\ntimeout.total = \"3s\"").unwrap();
    assert_eq!(total(), 3);
    variable(
        "RESILIENT_DEPENDENCY__BEHAVIOUR__RANKED__TIMEOUT_TOTAL",
        "4s",
    )
    .unwrap();
    assert_eq!(total(), 4);
    variable(
        "RESILIENT_CALL__BEHAVIOUR__CONFIG__CALLS__RANKED__TIMEOUT_TOTAL",
        "5s",
    )
    .unwrap();
    assert_eq!(total(), 5);
    registry().set(&call, "timeout.total", "6s").unwrap();
    assert_eq!(total(), 6);
    assert_eq!(listed("calls::ranked").overrides.len(), 4);
    variable(
        "RESILIENT_CALL__BEHAVIOUR__CONFIG__CALLS__RANKED__TIMEOUT_TOTAL",
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
    let one = listed("calls::of_one_dependency::with_one");
    assert_eq!(
        (one.settings.attempt, one.settings.attempts),
        (Some(ms(300)), 2)
    );
    assert_eq!(one.overrides.len(), 2);
    assert!(
        listed("calls::of_one_dependency::without_a_retry")
            .overrides
            .is_empty()
    );
    assert!(
        listed("calls::of_one_dependency::without_a_limit")
            .overrides
            .is_empty()
    );
    assert_eq!(look::bulkhead("mixed").limit, 4);
    // Of one function by its name it is a mistake.
    let target = Target::call("behaviour::config::calls::of_one_dependency::without_a_retry");
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
    let name = "behaviour::config::calls::called_by_many";
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
