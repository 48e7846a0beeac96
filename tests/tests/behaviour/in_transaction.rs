//! Calls of other services inside of a marked transaction are reported.

use resilient_runtime::{
    Deadline, breaker, database, in_call, in_transaction, read_only, retry, timeout,
};
use resilient_tests::events::Events;
use resilient_tests::service::{BUSY, Error, OK, Service, fails, ms};
use tokio::time::sleep;

const TOLD: &str = "inside a database transaction";

#[timeout("1s")]
async fn limited(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[retry(idempotent, jitter(none), budget(none))]
async fn repeated(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[database]
#[read_only]
#[breaker(consecutive = 5)]
async fn query(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[timeout("1s", allow(in_transaction))]
async fn must_be_inside(service: &Service) -> Result<u32, Error> {
    service.call().await
}

async fn unannotated(service: &Service) -> Result<u32, Error> {
    limited(service).await
}

#[resilient_runtime::test]
async fn a_call_inside_is_reported_once_for_each_function_and_transaction() {
    let (service, events) = (Service::new([OK]), Events::record());
    for _ in 0..2 {
        let inside = async {
            for _ in 0..10 {
                unannotated(&service).await?;
                sleep(ms(10)).await;
            }
            repeated(&Service::new([fails(BUSY), fails(BUSY), OK])).await
        };
        assert_eq!(in_transaction(inside).await, Ok(3), "the calls go on");
    }
    let told = events.with(TOLD);
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(told[0].starts_with("limited:") && told[1].starts_with("repeated:"));
}

#[resilient_runtime::test]
async fn what_belongs_inside_is_not_reported() {
    let (service, events) = (Service::new([OK]), Events::record());
    let inside = async {
        query(&service).await?;
        must_be_inside(&service).await
    };
    assert_eq!(in_transaction(inside).await, Ok(2));
    assert_eq!(events.with(TOLD).len(), 0);
}

#[resilient_runtime::test]
async fn a_call_from_inside_of_a_query_is_reported_all_the_same() {
    #[database]
    #[timeout("1s")]
    async fn hides(service: &Service) -> Result<u32, Error> {
        limited(service).await
    }
    let (service, events) = (Service::new([OK]), Events::record());
    assert_eq!(in_transaction(hides(&service)).await, Ok(1));
    assert_eq!(events.with(TOLD).len(), 1);
}

#[resilient_runtime::test]
async fn beside_and_behind_a_transaction_nothing_is_reported() {
    let (service, events) = (Service::new([OK.after(ms(5))]), Events::record());
    let transaction = in_transaction(async {
        sleep(ms(20)).await;
        Ok::<u32, Error>(0)
    });
    let (_, beside) = tokio::join!(transaction, limited(&service));
    assert!(beside.is_ok());
    assert!(limited(&service).await.is_ok());
    let carried = in_transaction(async {
        let task = tokio::spawn(in_call(async {
            limited(&Service::new([OK])).await.is_ok() && Deadline::current().is_none()
        }));
        task.await.expect("it does not panic")
    });
    assert!(carried.await);
    assert_eq!(events.with(TOLD).len(), 0);
}

#[resilient_runtime::test]
async fn a_transaction_in_a_transaction_is_one_of_its_own() {
    let (service, events) = (Service::new([OK]), Events::record());
    let nested = in_transaction(async {
        limited(&service).await?;
        in_transaction(limited(&service)).await?;
        limited(&service).await
    });
    assert_eq!(nested.await, Ok(3));
    assert_eq!(events.with(TOLD).len(), 2);
}
