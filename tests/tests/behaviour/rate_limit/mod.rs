//! `#[rate_limit]`: what passes, what is told, and whose bucket it is.

mod queue;
mod stack;

use std::future::Future;

use resilient_runtime::rate_limit::{Rate, RateLimit, Settings};
use resilient_runtime::rejected::Kind;
use resilient_runtime::{Classify, Failure, Scope, rate_limit, registry};
use resilient_tests::look;
use resilient_tests::service::{Error, OK, Service, ms};
use tokio::time::sleep;

#[rate_limit("10/s", burst = 2)]
pub(super) async fn hasty(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[rate_limit("10/s", burst = 1, wait = "300ms")]
pub(super) async fn patient(service: &Service) -> Result<u32, Error> {
    service.call().await
}

pub(super) async fn later<F: Future>(millis: u64, future: F) -> F::Output {
    sleep(ms(millis)).await;
    future.await
}

pub(super) fn limited(millis: u64) -> Kind {
    Kind::RateLimited {
        retry_after: ms(millis),
    }
}

#[resilient_runtime::test]
async fn a_burst_passes_and_the_rest_is_told_when_to_come_back() {
    let service = Service::new([OK]);
    assert!(hasty(&service).await.is_ok() && hasty(&service).await.is_ok());
    sleep(ms(30)).await;
    let error = hasty(&service).await.expect_err("the burst is used up");
    assert_eq!(error.kind(), limited(70));
    let retry_after = Some(ms(70));
    assert_eq!(error.failure(), Failure::Rejected { retry_after });
    assert!(error.is_refusal());
    sleep(ms(70)).await;
    assert_eq!(hasty(&service).await, Ok(3));
    assert_eq!(service.starts(), [0, 0, 100]);
    let seen = look::rate_limit("::hasty@");
    assert_eq!((seen.rate, seen.burst), (Rate::per_second(10), 2));
    assert_eq!((seen.available, seen.rejected, seen.waited), (0, 1, 0));
}

#[resilient_runtime::test]
async fn another_rate_keeps_what_is_owed_and_wakes_those_who_wait() {
    #[rate_limit("raised", "1/h", burst = 1, wait = "2h")]
    async fn raised(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let service = Service::new([OK]);
    let faster = later(1_000, async {
        registry()
            .set_rate("behaviour/raised", Rate::per_second(10))
            .expect("it is known");
    });
    let (one, two, ()) = tokio::join!(raised(&service), raised(&service), faster);
    assert!(one.is_ok() && two.is_ok());
    // One token is owed, almost an hour before the change and almost a tenth of a second after it.
    assert_eq!(service.starts(), [0, 1_100]);
    let zero = registry()
        .set_rate("behaviour/raised", Rate::per_second(0))
        .unwrap_err();
    assert!(zero.to_string().contains("lets no call through"), "{zero}");
    let unknown = registry()
        .set_rate("behaviour/raise", Rate::per_second(1))
        .unwrap_err();
    assert!(
        unknown
            .to_string()
            .contains("did you mean `behaviour/raised`?"),
        "{unknown}"
    );
}

#[rate_limit("1/s", key(tenant))]
async fn for_tenant(tenant: u32, service: &Service) -> Result<u32, Error> {
    service.call().await.map(|_| tenant)
}

#[resilient_runtime::test]
async fn every_key_has_its_own_bucket() {
    let service = Service::new([OK]);
    assert_eq!(for_tenant(1, &service).await, Ok(1));
    assert_eq!(for_tenant(2, &service).await, Ok(2));
    let error = for_tenant(1, &service).await.expect_err("one a second");
    assert_eq!(error.kind(), limited(1_000));
}

static PARTNER: RateLimit =
    RateLimit::new(Settings::new(Rate::per_second(1))).shown_as("the partner");

#[rate_limit(PARTNER)]
async fn one_door(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[rate_limit(PARTNER)]
async fn another_door(service: &Service) -> Result<u32, Error> {
    service.call().await
}

struct Client {
    rate_limit: RateLimit,
}

impl Client {
    #[rate_limit(self.rate_limit)]
    async fn get(&self, service: &Service) -> Result<u32, Error> {
        service.call().await
    }
}

#[resilient_runtime::test]
async fn a_static_is_shared_and_a_field_belongs_to_its_client() {
    let service = Service::new([OK]);
    assert!(one_door(&service).await.is_ok());
    assert!(another_door(&service).await.is_err());
    assert_eq!(PARTNER.snapshot().available, 0);
    let client = || Client {
        rate_limit: RateLimit::new(Settings::new(Rate::per_second(1))),
    };
    let (one, other) = (client(), client());
    assert!(one.get(&service).await.is_ok() && other.get(&service).await.is_ok());
    assert!(one.get(&service).await.is_err());
    assert_eq!(one.rate_limit.own_snapshot().rejected, 1);
}

#[resilient_runtime::test]
async fn a_scope_has_a_bucket_of_its_own() {
    let service = Service::new([OK]);
    assert!(one_door(&service).await.is_ok());
    let tenant = Scope::new();
    assert!(tenant.run(one_door(&service)).await.is_ok());
    assert!(tenant.run(one_door(&service)).await.is_err());
}

#[resilient_runtime::test]
async fn a_page_of_figures_shows_what_a_limit_would_let_through_now() {
    let service = Service::new([OK]);
    hasty(&service).await.unwrap();
    let page = resilient_runtime::event::Counters::new().prometheus(&registry());
    let value = |of: &str| {
        let of = format!("resilience_rate_limit_{of}{{");
        let line = page.lines().find(|line| line.starts_with(&of)).unwrap();
        line.rsplit_once(' ').unwrap().1.to_owned()
    };
    assert_eq!(
        ["available", "queued", "burst"].map(value),
        ["1", "0", "2"],
        "{page}"
    );
}
