//! States get other numbers, and keep what they have counted and let in.

use resilient_runtime::breaker::Phase;
use resilient_runtime::config::{Config, Origin};
use resilient_runtime::rejected::Kind;
use resilient_runtime::{breaker, bulkhead, dependency, rate_limit, registry};
use resilient_tests::look;
use resilient_tests::service::{Error, LOST, OK, Service, fails, ms};
use tokio::time::sleep;

use super::{file, variable};

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
    file("[call.\"behaviour::config::states::unnamed\"]\nbreaker.min_calls = 7").unwrap();
    let listing = look::listing("breaker", "::unnamed@");
    assert!(
        listing.settings.contains("min_calls: 7"),
        "{}",
        listing.settings
    );
}
