//! A body that swallows what became of its payment, and says whatever it likes instead: nobody repeats it.

use resilient_runtime::{Failure, failover, fallback, hedge, idempotent, retry};
use resilient_tests::service::{
    BUSY, DECLINED, Error, HANGS, LOST, NOT_SENT, OK, Service, Step, fails, ms,
};
use tokio::time::{sleep, timeout};

use super::charge;

/// In the place of the payment's outcome; none says that all went well.
type Says = Option<Failure>;

const SAYS: [Says; 6] = [
    None,
    Some(NOT_SENT),
    Some(BUSY),
    Some(LOST),
    Some(DECLINED),
    Some(Failure::Rejected { retry_after: None }),
];

/// What becomes of the payment: it hangs until its future is dropped, or its answer is lost sooner or later.
const PAYMENTS: [Step; 3] = [HANGS, fails(LOST), fails(LOST).after(ms(30))];

async fn swallows(service: &Service, says: Says) -> Result<u32, Error> {
    let _swallowed = timeout(ms(50), charge(service)).await;
    match says {
        None => Ok(0),
        Some(failure) => Err(Error::answered(failure, 0)),
    }
}

/// "All went well" is no better than any failure.
#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "that is what `failed` takes"
)]
fn nothing_came(value: &u32) -> Option<Failure> {
    (*value == 0).then_some(NOT_SENT)
}

async fn each(mut of: impl AsyncFnMut(&Service, Says)) {
    for payment in PAYMENTS {
        for says in SAYS {
            let service = Service::new([payment]);
            of(&service, says).await;
            assert_eq!(service.calls(), 1, "{payment:?}, {says:?}");
        }
    }
}

#[resilient_runtime::test]
async fn no_retry_repeats_it() {
    #[retry(idempotent, budget(none), failed(nothing_came))]
    async fn idempotent_retry(service: &Service, says: Says) -> Result<u32, Error> {
        swallows(service, says).await
    }
    #[retry(not_sent, budget(none), failed(nothing_came))]
    async fn not_sent_retry(service: &Service, says: Says) -> Result<u32, Error> {
        swallows(service, says).await
    }
    each(async |service, says| drop(idempotent_retry(service, says).await)).await;
    each(async |service, says| drop(not_sent_retry(service, says).await)).await;
}

#[resilient_runtime::test]
async fn no_hedge_sends_it_again() {
    #[idempotent]
    #[hedge(after = "10ms", failed(nothing_came))]
    async fn hedged(service: &Service, says: Says) -> Result<u32, Error> {
        let answer = swallows(service, says).await;
        sleep(ms(50)).await;
        answer
    }
    each(async |service, says| drop(hedged(service, says).await)).await;
}

#[resilient_runtime::test]
async fn nobody_else_pays_or_answers_instead() {
    #[idempotent]
    async fn elsewhere(service: &Service, _says: Says) -> Result<u32, Error> {
        service.call().await
    }
    #[idempotent]
    #[failover(elsewhere, failed(nothing_came))]
    async fn failing_over(service: &Service, says: Says) -> Result<u32, Error> {
        swallows(service, says).await
    }
    #[idempotent]
    #[fallback(elsewhere, any, failed(nothing_came))]
    async fn falling_back(service: &Service, says: Says) -> Result<u32, Error> {
        swallows(service, says).await
    }
    each(async |service, says| drop(failing_over(service, says).await)).await;
    each(async |service, says| drop(falling_back(service, says).await)).await;
}

/// The same without a payment: everything above does repeat.
#[resilient_runtime::test]
async fn without_a_payment_all_of_them_go_on() {
    #[idempotent]
    async fn elsewhere(service: &Service) -> Result<u32, Error> {
        service.call().await
    }
    #[idempotent]
    #[retry(idempotent, attempts = 2, budget(none), failed(nothing_came))]
    #[failover(elsewhere)]
    async fn all(service: &Service) -> Result<u32, Error> {
        service.call().await.map(|_| 0)
    }
    let service = Service::new([OK]);
    assert_eq!(all(&service).await, Ok(3));
}
