//! What an operator can do to a breaker by its name.

use resilient_runtime::breaker::Phase;
use resilient_runtime::rejected::Kind;
use resilient_runtime::{breaker, registry};
use resilient_tests::events::Events;
use resilient_tests::look;
use resilient_tests::service::{Error, LOST, OK, Service, fails, ms};

const NAME: &str = "behaviour/operated";

#[breaker("operated", consecutive = 1, open = "1s")]
async fn call(service: &Service) -> Result<u32, Error> {
    service.call().await
}

async fn succeed() -> Result<u32, Error> {
    call(&Service::new([OK])).await
}

async fn fail() -> Result<u32, Error> {
    call(&Service::new([fails(LOST)])).await
}

#[resilient_runtime::test]
async fn forced_open_it_refuses_until_it_is_released() {
    assert!(succeed().await.is_ok());
    registry().force_open(NAME).expect("it is listed");
    for _ in 0..3 {
        let error = succeed().await.expect_err("forced open");
        assert_eq!(
            error.kind(),
            Kind::BreakerOpen { retry_after: None },
            "nobody knows for how long"
        );
        tokio::time::sleep(ms(100_000)).await;
    }
    registry().automatic(NAME).expect("it is listed");
    assert!(succeed().await.is_ok());
    assert_eq!(look::breaker(NAME).phase, Phase::Closed);
}

#[resilient_runtime::test]
async fn forced_closed_or_on_trial_it_counts_and_never_opens_and_disabled_it_counts_nothing() {
    assert!(succeed().await.is_ok());
    let registry = registry();
    for (phase, counted) in [
        (Phase::ForcedClosed, 30),
        (Phase::MetricsOnly, 30),
        (Phase::Disabled, 0),
    ] {
        registry.reset(NAME).expect("it is listed");
        match phase {
            Phase::ForcedClosed => registry.force_close(NAME),
            Phase::MetricsOnly => registry.metrics_only(NAME),
            _ => registry.disable(NAME),
        }
        .expect("it is listed");
        for _ in 0..30 {
            assert!(fail().await.is_err_and(|error| !error.is_refusal()));
        }
        let seen = look::breaker(NAME);
        assert_eq!((seen.phase, seen.failures), (phase, counted), "{phase}");
    }
}

#[resilient_runtime::test]
async fn reset_it_is_as_good_as_new() {
    let _ = fail().await;
    assert!(succeed().await.is_err_and(|error| error.is_refusal()));
    registry().reset(NAME).expect("it is listed");
    assert!(succeed().await.is_ok());
}

#[resilient_runtime::test]
async fn a_command_is_told_to_observers_as_nobodys_call() {
    assert!(succeed().await.is_ok());
    let events = Events::record();
    registry().force_open(NAME).expect("it is listed");
    let told = events.with("forced open");
    assert_eq!(told.len(), 1, "{:?}", events.lines());
}

#[resilient_runtime::test]
async fn commands_reach_every_key() {
    #[breaker("operated-keys", consecutive = 1, key(tenant))]
    async fn keyed(service: &Service, tenant: u32) -> Result<u32, Error> {
        service.call().await
    }
    assert!(keyed(&Service::new([OK]), 1).await.is_ok());
    registry()
        .force_open("behaviour/operated-keys")
        .expect("it is listed");
    for tenant in [1, 2] {
        assert!(
            keyed(&Service::new([OK]), tenant)
                .await
                .is_err_and(|error| error.is_refusal())
        );
    }
}

#[resilient_runtime::test]
async fn a_name_that_nobody_used_is_an_error_with_the_one_that_was_meant() {
    assert!(succeed().await.is_ok());
    let error = registry()
        .force_open("behaviour/operatd")
        .expect_err("nobody used it");
    assert!(
        error
            .to_string()
            .contains("did you mean `behaviour/operated`"),
        "{error}"
    );
}
