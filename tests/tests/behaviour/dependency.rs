//! One name for a service: its budget, its breaker and limits, its events; on a function and on a whole `impl`.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use resilient_runtime::breaker::Phase;
use resilient_runtime::registry::Problem;
use resilient_runtime::{
    Failure, Scope, breaker, bulkhead, dependency, hedge, idempotent, non_idempotent, registry,
    retry, timeout,
};
use resilient_tests::look;
use resilient_tests::service::{Error, LOST, NOT_SENT, OK, Service, fails, ms};

fn is_refused(answer: &Result<u32, Error>) -> bool {
    answer.as_ref().is_err_and(Error::is_refusal)
}

#[dependency("one-name")]
#[breaker(consecutive = 2)]
async fn read(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[breaker(consecutive = 2)]
#[dependency("one-name")]
async fn write(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[resilient_runtime::test]
async fn functions_of_one_dependency_share_its_breaker_in_whatever_order_it_is_written() {
    let _ = read(&Service::new([fails(LOST)])).await;
    let _ = write(&Service::new([fails(LOST)])).await;
    assert!(is_refused(&read(&Service::new([OK])).await));
    assert!(is_refused(&write(&Service::new([OK])).await));
    let listing = look::listing("breaker", "one-name");
    assert_eq!(listing.name.to_string(), "behaviour/one-name");
    assert_eq!(listing.written_at.len(), 2);
}

#[resilient_runtime::test]
async fn functions_of_one_dependency_pay_from_its_budget() {
    #[dependency("one-purse")]
    #[retry(idempotent, attempts = 2, jitter(none))]
    async fn one(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[dependency("one-purse")]
    #[retry(idempotent, attempts = 2, jitter(none))]
    async fn other(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    for _ in 0..5 {
        let _ = one(&Service::new([fails(NOT_SENT)])).await;
    }
    let refused = Service::new([fails(NOT_SENT), OK]);
    let _ = other(&refused).await;
    assert_eq!(refused.calls(), 1, "nothing is left of the common budget");
    assert_eq!(look::listing("budget", "one-purse").written_at.len(), 2);
}

#[resilient_runtime::test]
async fn the_budget_of_a_hedge_goes_by_the_dependencys_name_unless_the_retry_pays() {
    #[dependency("hedges")]
    #[idempotent]
    #[hedge(after = "80ms")]
    async fn alone(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[dependency("hedges")]
    #[idempotent]
    #[hedge(after = "80ms")]
    #[retry(budget(none))]
    async fn beside_a_free_retry(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[dependency("hedges")]
    #[idempotent]
    #[hedge(after = "80ms")]
    #[retry]
    async fn paid_by_the_retry(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let slow = || Service::new([OK.after(ms(500)), OK.after(ms(10))]);
    for call in [
        alone(&slow()).await,
        beside_a_free_retry(&slow()).await,
        paid_by_the_retry(&slow()).await,
    ] {
        assert_eq!(call, Ok(2));
    }
    let listing = look::listing("budget", "hedges");
    assert_eq!(listing.name.to_string(), "behaviour/hedges");
    assert_eq!(listing.written_at.len(), 3);
}

#[resilient_runtime::test]
async fn what_has_a_name_of_its_own_keeps_it() {
    #[dependency("the-service")]
    #[retry(idempotent, budget(none))]
    #[breaker("the-breaker")]
    #[bulkhead(3)]
    async fn call(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    assert_eq!(call(&Service::new([OK])).await, Ok(1));
    assert_eq!(look::breaker("the-breaker").phase, Phase::Closed);
    assert_eq!(look::bulkhead("the-service").in_flight, 0);
    assert!(look::listings("breaker", "the-service").is_empty());
    assert!(look::listings("budget", "").is_empty());
}

#[resilient_runtime::test]
async fn numbers_that_disagree_about_one_dependency_are_found() {
    #[dependency("disagree")]
    #[bulkhead(3)]
    async fn one(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[dependency("disagree")]
    #[bulkhead(5)]
    async fn other(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    assert_eq!(one(&Service::new([OK])).await, Ok(1));
    registry().validate().expect("nobody has contradicted yet");
    assert_eq!(other(&Service::new([OK])).await, Ok(1));
    let problems = registry().validate().expect_err("3 is not 5");
    assert!(
        matches!(
            &problems[..],
            [Problem::Conflict { name, written_at, .. }]
                if name.to_string() == "behaviour/disagree" && written_at.len() == 2
        ),
        "{problems:?}"
    );
}

/// What `event.dependency()` and `event.call()` said, each pair once.
fn named() -> Arc<Mutex<Vec<(String, String)>>> {
    let named = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&named);
    Scope::current().observe(move |event| {
        let dependency = event.dependency().map(|it| it.to_string());
        let call = event.call().unwrap_or_default();
        let call = call.rsplit("::").next().unwrap_or_default().to_owned();
        into.lock()
            .expect("no observer panics")
            .push((dependency.unwrap_or_default(), call));
    });
    named
}

#[resilient_runtime::test]
async fn every_event_of_a_call_names_its_dependency() {
    #[dependency("told")]
    #[retry(idempotent, attempts = 2, jitter(none), budget(none))]
    #[timeout(total = "2s", attempt = "500ms")]
    #[breaker(consecutive = 2)]
    async fn told(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[breaker]
    async fn anonymous(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let named = named();
    let _ = told(&Service::new([fails(LOST)])).await; // attempt, pause, attempt, opens
    let _ = told(&Service::new([OK])).await; // refused
    let _ = anonymous(&Service::new([OK])).await;
    let named = named.lock().expect("no observer panics").clone();
    let pair = |dependency: &str, call: &str| (dependency.to_owned(), call.to_owned());
    let (told, anonymous): (Vec<_>, Vec<_>) = named
        .into_iter()
        .partition(|named| *named == pair("behaviour/told", "told"));
    // Two calls framed, two attempts framed, a pause, the breaker, a refusal.
    assert_eq!(told.len(), 11);
    assert_eq!(anonymous, vec![pair("", "anonymous"); 4]);
}

struct Client;

#[derive(Debug, PartialEq)]
struct Foreign(Option<resilient_runtime::rejected::Kind>);

fn transient(_: &Foreign) -> Failure {
    Failure::transient(None)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature that `rejected(..)` takes"
)]
fn foreign(rejected: resilient_runtime::Rejected) -> Foreign {
    Foreign(Some(rejected.kind()))
}

fn permanent(_: &Foreign) -> Failure {
    Failure::Permanent
}

#[dependency("whole-impl", classify(transient), rejected(foreign))]
impl Client {
    #[retry(idempotent, attempts = 2, jitter(none))]
    async fn repeats(&self, service: &Service) -> Result<u32, Foreign> {
        service.call().await.map_err(|_| Foreign(None))
    }

    #[retry(idempotent, attempts = 2, jitter(none), classify(permanent))]
    async fn has_its_own_word(&self, service: &Service) -> Result<u32, Foreign> {
        service.call().await.map_err(|_| Foreign(None))
    }

    #[bulkhead(1)]
    async fn limited(&self, service: &Service) -> Result<u32, Foreign> {
        service.call().await.map_err(|_| Foreign(None))
    }

    #[cfg_attr(all(), bulkhead("elsewhere", 1))]
    #[dependency("other-service")]
    async fn named_otherwise(&self, service: &Service) -> Result<u32, Foreign> {
        service.call().await.map_err(|_| Foreign(None))
    }

    #[cfg_attr(all(), breaker)]
    async fn conditional(&self, service: &Service) -> Result<u32, Foreign> {
        service.call().await.map_err(|_| Foreign(None))
    }

    async fn left_alone(&self, service: &Service) -> Result<u32, Error> {
        service.call().await
    }
}

#[resilient_runtime::test]
async fn an_impl_classifies_for_all_its_methods_and_a_methods_own_word_wins() {
    let service = Service::new([fails(LOST), OK]);
    assert_eq!(Client.repeats(&service).await, Ok(2));
    let service = Service::new([fails(LOST), OK]);
    assert_eq!(Client.has_its_own_word(&service).await, Err(Foreign(None)));
    assert_eq!(look::budget("whole-impl").repeats, 1);
}

#[resilient_runtime::test]
async fn an_impl_names_and_rejects_for_all_its_methods() {
    let service = Service::new([OK.after(ms(10))]);
    let (one, other) = tokio::join!(Client.limited(&service), Client.limited(&service));
    assert_eq!(one, Ok(1));
    let full = resilient_runtime::rejected::Kind::BulkheadFull;
    assert_eq!(other, Err(Foreign(Some(full))));
    assert_eq!(look::bulkhead("whole-impl").in_flight, 0);
    assert!(Client.conditional(&Service::new([OK])).await.is_ok());
    assert_eq!(look::breaker("whole-impl").phase, Phase::Closed);
    let named = named();
    assert!(Client.named_otherwise(&Service::new([OK])).await.is_ok());
    assert!(Client.left_alone(&Service::new([OK])).await.is_ok());
    let named = named.lock().expect("no observer panics").clone();
    assert!(
        named
            .iter()
            .all(|(name, _)| name == "behaviour/other-service"),
        "{named:?}"
    );
    assert!(!named.is_empty());
}

#[async_trait]
trait Port {
    async fn below(&self, service: &Service) -> Result<u32, Error>;
}

#[async_trait]
trait OtherPort {
    async fn above(&self, service: &Service) -> Result<u32, Error>;
}

#[async_trait]
#[dependency("boxed")]
impl Port for Client {
    #[breaker(consecutive = 2)]
    async fn below(&self, service: &Service) -> Result<u32, Error> {
        service.call().await
    }
}

#[dependency("boxed")]
#[async_trait]
impl OtherPort for Client {
    #[breaker(consecutive = 2)]
    async fn above(&self, service: &Service) -> Result<u32, Error> {
        service.call().await
    }
}

#[resilient_runtime::test]
async fn it_stands_above_or_below_async_trait() {
    let _ = Client.below(&Service::new([fails(LOST)])).await;
    let _ = Client.above(&Service::new([fails(LOST)])).await;
    assert!(is_refused(&Client.below(&Service::new([OK])).await));
    assert!(is_refused(&Client.above(&Service::new([OK])).await));
}

trait Plain {
    #[non_idempotent]
    async fn pay(&self, service: &Service) -> Result<u32, Error>;
}

#[dependency("plain-trait", strict)]
impl Plain for Client {
    #[non_idempotent]
    #[timeout("1s", unknown(to_caller), allow(effect))]
    #[bulkhead(2)]
    async fn pay(&self, service: &Service) -> Result<u32, Error> {
        resilient_runtime::assume_read_only(service.call()).await
    }
}

#[resilient_runtime::test]
async fn it_stands_on_the_implementation_of_a_trait() {
    assert_eq!(Client.pay(&Service::new([OK])).await, Ok(1));
    assert_eq!(look::bulkhead("plain-trait").in_flight, 0);
}
