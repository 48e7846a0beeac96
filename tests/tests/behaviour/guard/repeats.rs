//! Retries inside retries.

use resilient_runtime::retry;
use resilient_tests::service::{BUSY, Error, OK, Service, fails};

use super::charge;

macro_rules! layers {
    ($($options:tt)*) => {
        #[retry(idempotent, $($options)*)]
        async fn inner(service: &Service) -> Result<u32, Error> {
            between(service).await
        }
        async fn around_inner(service: &Service) -> Result<u32, Error> {
            inner(service).await
        }
        #[retry(idempotent, $($options)*)]
        async fn middle(service: &Service) -> Result<u32, Error> {
            around_inner(service).await
        }
        async fn around_middle(service: &Service) -> Result<u32, Error> {
            middle(service).await
        }
        #[retry(idempotent, $($options)*)]
        async fn outer(service: &Service) -> Result<u32, Error> {
            around_middle(service).await
        }
    };
}

#[resilient_runtime::test]
async fn three_layers_around_a_payment_carry_it_out_once() {
    layers!(jitter(none), budget(none));
    async fn between(service: &Service) -> Result<u32, Error> {
        charge(service).await?;
        Err(Error::answered(BUSY, 0))
    }
    let service = Service::new([OK]);
    assert!(outer(&service).await.is_err());
    assert_eq!(service.calls(), 1);
}

#[resilient_runtime::test]
async fn a_payment_in_one_attempt_is_not_held_against_another_call() {
    #[retry(idempotent, jitter(none), budget(none))]
    async fn hidden(service: &Service) -> Result<u32, Error> {
        between(service).await
    }
    async fn between(service: &Service) -> Result<u32, Error> {
        charge(service).await
    }
    #[retry(idempotent, jitter(none), budget(none))]
    async fn plain(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    let (paid, read) = (Service::new([OK]), Service::new([fails(BUSY)]));
    let (_, _) = tokio::join!(hidden(&paid), plain(&read));
    assert_eq!(read.calls(), 3, "in flight at the same time on one thread");
    let read = Service::new([fails(BUSY)]);
    let _ = hidden(&paid).await;
    let _ = plain(&read).await;
    assert_eq!(read.calls(), 3);
}
