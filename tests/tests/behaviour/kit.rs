//! The test kit: scripts take the place of bodies behind all policies, records say what became of it.

use std::cell::Cell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use resilient_runtime::breaker::Phase;
use resilient_runtime::event::{End, Refusal};
use resilient_runtime::rejected::Kind;
use resilient_runtime::testing::{self, Recorder, drop_mid_flight, script};
use resilient_runtime::{
    Classify, Failure, Rejected, breaker, bulkhead, non_idempotent, read_only, retry, timeout,
};
use resilient_tests::service::{Error, OK, Service, ms};
use tokio::time::Instant;

const SERVER_DELAY: Duration = Duration::from_secs(4);

#[retry(idempotent, backoff(fixed, "1s"), jitter(none))]
#[timeout(total = "30s", attempt = "3s")]
async fn call(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn scripted_attempts_fail_and_the_next_one_is_the_real_body() {
    let (told, start) = (Recorder::start(), Instant::now());
    let service = Service::new([OK]);
    let busy = Failure::transient(Some(SERVER_DELAY));
    let kit = script("behaviour::kit::call")
        .fail(Failure::NotSent)
        .fail_after(ms(500), busy);
    call(&service).await.unwrap();
    assert_eq!((service.calls(), kit.taken()), (1, 2));
    told.assert_attempts("call", 3);
    // What the service asks for is a lower bound: the backoff goes on top.
    told.assert_delays("call", &[ms(1_000), SERVER_DELAY + ms(1_000)]);
    told.assert_calls("kit::call", &[End::Ok]);
    told.assert_not_rejected("call");
    let ends = [End::Failed(Failure::NotSent), End::Failed(busy), End::Ok];
    assert_eq!(told.attempts("call"), ends);
    assert_eq!(start.elapsed(), ms(2_500) + SERVER_DELAY);
}

#[resilient_runtime::test]
async fn a_scripted_failure_is_the_functions_own_error_with_the_scripts_meaning() {
    let _kit = script("call").fail(Failure::Permanent);
    let error = call(&Service::new([OK])).await.unwrap_err();
    assert_eq!(
        error.kind(),
        Kind::Scripted {
            failure: Failure::Permanent
        }
    );
    assert_eq!(error.failure(), Failure::Permanent);
}

#[resilient_runtime::test]
async fn a_script_outranks_the_functions_classifier() {
    #[retry(idempotent, attempts = 2, classify(all_for_good))]
    #[timeout(total = "30s")]
    async fn classified() -> io::Result<u32> {
        Ok(1)
    }
    fn all_for_good(_error: &io::Error) -> Failure {
        Failure::Permanent
    }
    let told = Recorder::start();
    let _kit = script("classified").fail(Failure::Unknown);
    assert_eq!(classified().await.unwrap(), 1);
    told.assert_attempts("classified", 2);
}

#[resilient_runtime::test]
async fn a_scripted_hang_runs_into_the_attempts_limit() {
    let (told, start) = (Recorder::start(), Instant::now());
    let _kit = script("call").hang();
    call(&Service::new([OK])).await.unwrap();
    told.assert_rejected("call", "timeout");
    assert_eq!(start.elapsed(), ms(4_000));
}

#[resilient_runtime::test]
async fn a_scripted_delay_is_followed_by_the_real_body() {
    let (start, service) = (Instant::now(), Service::new([OK]));
    let _kit = script("call").delay(ms(2_000)).pass();
    call(&service).await.unwrap();
    call(&service).await.unwrap();
    assert_eq!((start.elapsed(), service.calls()), (ms(2_000), 2));
}

#[resilient_runtime::test]
async fn a_scripted_rejection_ends_the_call_as_the_policys_own_would() {
    let told = Recorder::start();
    let service = Service::new([OK]);
    let _kit = script("call").reject(Kind::BulkheadFull);
    let error = call(&service).await.unwrap_err();
    assert!(error.is_refusal());
    assert_eq!((error.kind(), service.calls()), (Kind::BulkheadFull, 0));
    told.assert_calls(
        "call",
        &[End::Failed(Failure::Rejected { retry_after: None })],
    );
}

#[resilient_runtime::test]
async fn a_breaker_counts_scripted_failures_and_shows_its_phase() {
    #[breaker(failure_rate = "50%", min_calls = 4, open = "10s")]
    #[non_idempotent]
    async fn broken(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let told = Recorder::start();
    let service = Service::new([OK]);
    let _kit = script("broken").fail(Failure::NotSent).times(4);
    for _ in 0..5 {
        let _ = broken(&service).await;
    }
    assert_eq!(testing::breaker("broken").phase, Phase::Open);
    told.assert_rejected("broken", "breaker");
    told.assert_told("the breaker was closed, is open");
    assert_eq!(service.calls(), 0);
}

#[resilient_runtime::test]
async fn a_call_dropped_mid_flight_gives_its_permit_back() {
    #[bulkhead(1)]
    #[non_idempotent]
    async fn limited(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let told = Recorder::start();
    let service = Service::new([OK]);
    let _kit = script("limited").hang();
    drop_mid_flight(limited(&service)).await;
    assert_eq!(testing::bulkhead("limited").in_flight, 0);
    limited(&service).await.unwrap();
    told.assert_calls("limited", &[End::Dropped, End::Ok]);
}

#[resilient_runtime::test]
async fn a_scripted_panic_unwinds_through_the_policies() {
    let _kit = script("call").panic();
    let service = Service::new([OK]);
    let scope = resilient_runtime::Scope::current();
    let call = scope.run(async move { call(&service).await });
    assert!(tokio::spawn(call).await.unwrap_err().is_panic());
}

#[resilient_runtime::test]
async fn a_script_that_goes_on_for_ever_outlasts_every_attempt() {
    let told = Recorder::start();
    let _kit = script("call")
        .fail(Failure::NotSent)
        .fail(Failure::Unknown)
        .for_ever();
    for _ in 0..3 {
        assert!(call(&Service::new([OK])).await.is_err());
    }
    // The budget is empty before the last calls have used their attempts.
    assert_eq!(told.refusals("call").first(), Some(&Refusal::Budget));
    assert!(testing::budget("call").refused > 0);
}

#[resilient_runtime::test]
async fn an_inner_functions_script_is_seen_by_the_functions_around_it() {
    #[non_idempotent]
    #[timeout("3s", unknown(to_caller))]
    async fn charge() -> Result<u32, Rejected> {
        Ok(1)
    }
    #[retry(not_sent, backoff(fixed, "1s"), jitter(none))]
    #[timeout(total = "30s", unknown(to_caller))]
    async fn checkout() -> Result<u32, Rejected> {
        charge().await
    }
    let told = Recorder::start();
    let _kit = script("charge")
        .fail(Failure::NotSent)
        .fail(Failure::Unknown);
    let error = checkout().await.unwrap_err();
    assert!(error.is_unknown());
    told.assert_attempts("checkout", 2);
}

#[resilient_runtime::test]
async fn scripts_belong_to_their_scope() {
    let service = Service::new([OK]);
    let _kit = script("call").fail(Failure::Permanent).may_be_left();
    resilient_runtime::Scope::new()
        .run(call(&service))
        .await
        .unwrap();
    assert_eq!(service.calls(), 1);
}

/// What a script says when it is dropped.
fn complaint(end: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(end)).expect_err("it is content");
    panic.downcast_ref::<String>().cloned().unwrap_or_default()
}

#[resilient_runtime::test]
async fn a_script_that_was_not_used_up_says_what_is_left() {
    let kit = script("call")
        .fail(Failure::NotSent)
        .delay(ms(5))
        .fail_after(ms(7), Failure::Unknown);
    call(&Service::new([OK])).await.unwrap();
    let expected = "the script of `call` was not used up: 2 step(s) taken, 1 left, the next being a failure (Unknown) after 7ms. \
                    The function was not attempted that often";
    assert_eq!(complaint(|| drop(kit)), expected);
}

#[resilient_runtime::test]
async fn a_script_of_a_name_that_nobody_has_says_which_was_meant() {
    let kit = script("kit::cal").fail(Failure::NotSent);
    call(&Service::new([OK])).await.unwrap();
    let text = complaint(|| drop(kit));
    assert!(
        text.contains("No function of that name was attempted"),
        "{text}"
    );
    assert!(text.contains("behaviour::kit::call"), "{text}");
}

#[resilient_runtime::test]
async fn a_script_of_a_function_without_policies_says_why_it_is_never_used() {
    #[read_only]
    async fn declared() -> io::Result<u32> {
        Ok(1)
    }
    let kit = script("declared").fail(Failure::NotSent);
    declared().await.unwrap();
    let text = complaint(|| drop(kit));
    assert!(text.contains("only declares its effect"), "{text}");
}

#[resilient_runtime::test]
async fn what_only_repeats_says_that_it_cannot_fail_by_a_script() {
    thread_local! { static RAN: Cell<u32> = const { Cell::new(0) }; }
    #[retry(read_only)]
    async fn repeats() -> Result<u32, resilient_tests::service::Error> {
        RAN.set(RAN.get() + 1);
        Ok(1)
    }
    let start = Instant::now();
    let kit = script("repeats").delay(ms(10)).fail(Failure::NotSent);
    assert_eq!(repeats().await.unwrap(), 1);
    assert_eq!((start.elapsed(), RAN.get()), (ms(10), 1));
    let panic = tokio::spawn(resilient_runtime::Scope::current().run(repeats())).await;
    let panic = panic.unwrap_err().into_panic();
    let text = panic.downcast_ref::<String>().cloned().unwrap_or_default();
    assert!(
        text.contains("`retry` alone asks nothing of the error type"),
        "{text}"
    );
    drop(kit);
}

#[resilient_runtime::test]
async fn a_failed_assertion_tells_the_whole_story() {
    let told = Recorder::start();
    call(&Service::new([OK])).await.unwrap();
    let text = complaint(|| told.assert_attempts("call", 2));
    let expected = [
        "attempts of `call`: expected 2, seen [Ok]",
        "this was told:",
        "    behaviour::kit::call: started",
        "    behaviour::kit::call: attempt 1 started",
        "    behaviour::kit::call: attempt 1 succeeded",
        "    behaviour::kit::call: succeeded after 0ns and 1 attempt(s)",
    ];
    assert_eq!(text, expected.join("\n"));
    let text = complaint(|| {
        let _ = testing::breaker("call");
    });
    assert_eq!(
        text,
        "0 breakers of this scope are called `call`; there are: []"
    );
}
