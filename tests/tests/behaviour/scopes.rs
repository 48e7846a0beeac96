//! Scopes through annotated functions.

use resilient_runtime::breaker::{Breaker, Phase, Settings};
use resilient_runtime::{Scope, breaker, bulkhead, registry, retry};
use resilient_tests::events::Events;
use resilient_tests::look;
use resilient_tests::service::{Error, HANGS, LOST, NOT_SENT, OK, Service, fails, ms};

static IN_A_STATIC: Breaker =
    Breaker::new(Settings::new().consecutive(1)).shown_as("scoped-static");

#[breaker(consecutive = 1)]
async fn own(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[breaker("scoped-name", consecutive = 1)]
async fn named(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[breaker(IN_A_STATIC)]
async fn in_a_static(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[retry(idempotent, attempts = 2, jitter(none))]
#[bulkhead("scoped-limit", 1)]
async fn repeated(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn what_happens_in_one_scope_is_unknown_in_another() {
    let other = Scope::new();
    for _ in 0..2 {
        let _ = own(&Service::new([fails(LOST)])).await;
        let _ = named(&Service::new([fails(LOST)])).await;
        let _ = in_a_static(&Service::new([fails(LOST)])).await;
    }
    for answer in [
        other.run(own(&Service::new([OK]))).await,
        other.run(named(&Service::new([OK]))).await,
        other.run(in_a_static(&Service::new([OK]))).await,
    ] {
        assert_eq!(answer, Ok(1));
    }
    assert_eq!(look::listings("breaker", "").len(), 3);
    assert!(
        look::listings("breaker", "")
            .iter()
            .all(|listing| format!("{:?}", listing.live).contains("phase: Open"))
    );
    let closed = other.within(|| look::listings("breaker", ""));
    assert!(
        closed
            .iter()
            .all(|listing| format!("{:?}", listing.live).contains("phase: Closed"))
    );
    assert!(
        Scope::process()
            .within(|| look::listings("breaker", "scoped-name"))
            .is_empty()
    );
}

#[resilient_runtime::test]
async fn a_budget_and_a_bulkhead_belong_to_their_scope() {
    let other = Scope::new();
    let hanging = Service::new([HANGS]);
    for _ in 0..5 {
        let _ = repeated(&Service::new([fails(NOT_SENT)])).await;
    }
    let inside = async {
        tokio::time::sleep(ms(10)).await;
        let service = Service::new([fails(NOT_SENT), OK]);
        other.run(repeated(&service)).await
    };
    tokio::select! {
        _ = repeated(&hanging) => unreachable!("it hangs"),
        answer = inside => assert_eq!(answer, Ok(2), "its own permit, and its own tokens"),
    }
}

#[resilient_runtime::test]
async fn events_are_told_where_they_happen() {
    let here = Events::record();
    let other = Scope::new();
    let there = other.within(Events::record);
    let _ = other.run(named(&Service::new([fails(LOST)]))).await;
    assert_eq!(
        (here.lines().len(), there.with("the breaker was").len()),
        (0, 1)
    );
    let _ = named(&Service::new([fails(LOST)])).await;
    assert_eq!(
        (
            here.with("the breaker was").len(),
            there.with("the breaker was").len()
        ),
        (1, 1)
    );
}

#[resilient_runtime::test]
async fn a_call_that_is_dropped_is_counted_in_its_own_scope() {
    let other = Scope::new();
    let (there, hanging) = (other.within(Events::record), Service::new([HANGS]));
    let call = other.run(named(&hanging));
    assert!(tokio::time::timeout(ms(10), call).await.is_err());
    assert_eq!(other.within(|| look::breaker("scoped-name").abandoned), 1);
    assert_eq!(there.with("dropped").len(), 1, "{:?}", there.lines());
}

#[resilient_runtime::test]
async fn the_innermost_scope_holds_and_the_outer_one_afterwards() {
    let (outer, inner) = (Scope::new(), Scope::new());
    outer
        .run(async {
            let _ = inner.run(named(&Service::new([fails(LOST)]))).await;
            assert_eq!(named(&Service::new([OK])).await, Ok(1));
        })
        .await;
    assert_eq!(
        inner.within(|| look::breaker("scoped-name").phase),
        Phase::Open
    );
    assert_eq!(
        outer.within(|| look::breaker("scoped-name").phase),
        Phase::Closed
    );
}

#[resilient_runtime::test]
async fn an_operator_steers_one_scope_only() {
    let other = Scope::new();
    assert!(named(&Service::new([OK])).await.is_ok());
    assert!(other.run(named(&Service::new([OK]))).await.is_ok());
    registry()
        .force_open("behaviour/scoped-name")
        .expect("it is listed");
    assert!(named(&Service::new([OK])).await.is_err());
    assert!(other.run(named(&Service::new([OK]))).await.is_ok());
}

#[resilient_runtime::test]
async fn a_clients_field_is_the_same_in_every_scope() {
    struct Client {
        breaker: Breaker,
    }
    impl Client {
        #[breaker(self.breaker)]
        async fn call(&self, service: &Service) -> Result<u32, Error> {
            service.call().await
        }
    }
    let client = Client {
        breaker: Breaker::new(Settings::new().consecutive(1)),
    };
    let _ = Scope::new()
        .run(client.call(&Service::new([fails(LOST)])))
        .await;
    assert!(client.call(&Service::new([OK])).await.is_err());
    assert_eq!(client.breaker.own_snapshot().phase, Phase::Open);
}
