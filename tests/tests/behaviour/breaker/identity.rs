//! Whose breaker it is: a function's own, a named one, a `static`, a field, one for each key.

use resilient_runtime::breaker::{Breaker, Phase, Settings};
use resilient_runtime::{breaker, registry};
use resilient_tests::events::Events;
use resilient_tests::look;
use resilient_tests::service::{BUSY, Error, LOST, OK, Service, fails};

const STRICT: Settings = Settings::new().consecutive(1);
static SHARED: Breaker = Breaker::new(STRICT).shown_as("shared-static");

/// Whether the breaker in front of this call is open.
fn is_open(answer: &Result<u32, Error>) -> bool {
    answer.as_ref().is_err_and(Error::is_refusal)
}

#[resilient_runtime::test]
async fn a_function_has_its_own_unless_it_names_one() {
    #[breaker(consecutive = 1)]
    async fn one(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[breaker(consecutive = 1)]
    async fn other(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let _ = one(&Service::new([fails(LOST)])).await;
    assert!(is_open(&one(&Service::new([OK])).await));
    assert!(!is_open(&other(&Service::new([OK])).await));
}

#[resilient_runtime::test]
async fn functions_that_write_one_name_share_one_breaker() {
    #[breaker("partner-a", consecutive = 2)]
    async fn read(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[breaker("partner-a", consecutive = 2)]
    async fn write(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let _ = read(&Service::new([fails(LOST)])).await;
    let _ = write(&Service::new([fails(LOST)])).await;
    assert!(is_open(&read(&Service::new([OK])).await));
    assert!(is_open(&write(&Service::new([OK])).await));
    let listing = look::listing("breaker", "partner-a");
    assert_eq!(listing.name.to_string(), "behaviour/partner-a");
    assert_eq!(listing.written_at.len(), 2);
    registry().validate().expect("both say the same");
}

#[resilient_runtime::test]
async fn a_static_is_one_breaker_for_all_who_use_it() {
    #[breaker(SHARED)]
    async fn one(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[breaker(self::SHARED)]
    async fn other(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let _ = one(&Service::new([fails(LOST)])).await;
    assert!(is_open(&other(&Service::new([OK])).await));
    assert_eq!(SHARED.snapshot().phase, Phase::Open);
    assert_eq!(
        look::listing("breaker", "shared-static").name.to_string(),
        "shared-static"
    );
}

#[derive(Clone)]
struct Client {
    breaker: Breaker,
}

impl Client {
    fn new() -> Self {
        Self {
            breaker: Breaker::new(STRICT).shown_as("client"),
        }
    }

    #[breaker(self.breaker)]
    async fn call(&self, service: &Service) -> Result<u32, Error> {
        service.call().await
    }

    #[breaker(self.breaker, key(tenant))]
    async fn of(&self, service: &Service, tenant: u32) -> Result<u32, Error> {
        service.call().await
    }

    #[breaker(self.breaker)]
    async fn other(&self, service: &Service) -> Result<u32, Error> {
        service.call().await
    }
}

/// B27: one hidden static for all instances.
#[resilient_runtime::test]
async fn a_field_is_one_breaker_for_each_client_and_its_clones() {
    let (one, other) = (Client::new(), Client::new());
    let clone = one.clone();
    let _ = one.call(&Service::new([fails(LOST)])).await;
    assert!(
        is_open(&one.other(&Service::new([OK])).await),
        "two methods, one field"
    );
    assert!(
        is_open(&clone.call(&Service::new([OK])).await),
        "a clone is the same client"
    );
    assert!(
        !is_open(&other.call(&Service::new([OK])).await),
        "another is another"
    );
    assert_eq!(look::listings("breaker", "client").len(), 2);
    drop((one, clone));
    assert_eq!(
        look::listings("breaker", "client").len(),
        1,
        "it goes with its client"
    );
}

#[breaker(consecutive = 1, key(tenant))]
async fn keyed(service: &Service, tenant: u32) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn every_key_has_its_own() {
    let _ = keyed(&Service::new([fails(LOST)]), 1).await;
    assert!(is_open(&keyed(&Service::new([OK]), 1).await));
    assert!(!is_open(&keyed(&Service::new([OK]), 2).await));
}

#[resilient_runtime::test]
async fn a_key_is_any_expression_over_the_arguments_and_the_receiver() {
    struct Shop {
        region: String,
    }
    impl Shop {
        #[breaker(consecutive = 1, key((self.region.as_str(), order % 10)))]
        async fn buy(&self, service: &Service, order: u32) -> Result<u32, Error> {
            service.call().await
        }
    }
    let (eu, us) = (
        Shop {
            region: "eu".into(),
        },
        Shop {
            region: "us".into(),
        },
    );
    let _ = eu.buy(&Service::new([fails(LOST)]), 15).await;
    assert!(is_open(&eu.buy(&Service::new([OK]), 25).await));
    assert!(!is_open(&eu.buy(&Service::new([OK]), 26).await));
    assert!(!is_open(&us.buy(&Service::new([OK]), 15).await));
}

/// B21: memory that grows with the keys of the world.
#[resilient_runtime::test]
async fn active_keys_beyond_the_bound_share_one_breaker_and_idle_ones_make_room() {
    let events = Events::record();
    // Open ones are not idle.
    for tenant in 0..1_024 {
        let _ = keyed(&Service::new([fails(LOST)]), tenant).await;
    }
    assert!(events.with("active").is_empty());
    for tenant in 2_000..2_010 {
        assert!(!is_open(&keyed(&Service::new([OK]), tenant).await));
    }
    assert_eq!(
        events.with("all 1024 keys are active").len(),
        1,
        "{:?}",
        events.with("active")
    );
    let _ = keyed(&Service::new([fails(LOST)]), 3_000).await;
    assert!(
        is_open(&keyed(&Service::new([OK]), 3_001).await),
        "they share one"
    );
    let keys = look::listing("breaker", "::keyed@")
        .keys
        .expect("it has keys");
    assert_eq!((keys.kept, keys.bound), (1_024, 1_024));
}

#[resilient_runtime::test]
async fn many_keys_that_come_and_go_never_overflow() {
    let events = Events::record();
    for tenant in 0..5_000 {
        assert!(!is_open(&keyed(&Service::new([OK]), tenant).await));
        if tenant % 100 == 0 {
            tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        }
    }
    assert_eq!(events.with("active").len(), 0);
    assert_eq!(
        look::listing("breaker", "::keyed@")
            .keys
            .map(|keys| keys.kept),
        Some(1_024)
    );
}

#[resilient_runtime::test]
async fn keys_of_a_named_breaker_are_shared_by_its_functions() {
    #[breaker("tenants", consecutive = 1, key(tenant))]
    async fn read(service: &Service, tenant: &str) -> Result<u32, Error> {
        service.call().await
    }
    #[breaker("tenants", consecutive = 1, key(owner))]
    async fn write(service: &Service, owner: &str) -> Result<u32, Error> {
        service.call().await
    }
    let _ = read(&Service::new([fails(LOST)]), "a").await;
    assert!(is_open(&write(&Service::new([OK]), "a").await));
    assert!(!is_open(&write(&Service::new([fails(BUSY)]), "b").await));
}

#[resilient_runtime::test]
async fn a_field_may_have_keys_too() {
    let (one, other) = (Client::new(), Client::new());
    let _ = one.of(&Service::new([fails(LOST)]), 1).await;
    assert!(is_open(&one.of(&Service::new([OK]), 1).await));
    assert!(!is_open(&one.of(&Service::new([OK]), 2).await));
    assert!(!is_open(&other.of(&Service::new([OK]), 1).await));
}
