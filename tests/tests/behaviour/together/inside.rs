//! A failover around a body that awaits a non-idempotent call: what was carried out or lost is repeated nowhere.

use resilient_runtime::{failover, non_idempotent, timeout};
use resilient_tests::service::{BUSY, Error, LOST, NOT_SENT, OK, OVERLOADED, Service, fails, ms};
use tokio::time::sleep;

#[non_idempotent]
#[timeout("1s", unknown(to_caller))]
async fn charge(service: &Service) -> Result<u32, Error> {
    service.call().await
}

#[non_idempotent]
async fn pay_elsewhere(_first: &Service, second: &Service) -> Result<u32, Error> {
    second.call().await
}

#[non_idempotent]
#[failover(pay_elsewhere)]
async fn pay(first: &Service, _second: &Service) -> Result<u32, Error> {
    sleep(ms(1)).await;
    charge(first).await
}

/// Whether the next provider was called behind a body whose payment failed like this.
async fn called_after(failure: resilient_runtime::Failure) -> bool {
    let (first, second) = (Service::new([fails(failure)]), Service::new([OK]));
    let answer = pay(&first, &second).await;
    assert_eq!(answer.is_ok(), second.calls() == 1);
    second.calls() == 1
}

#[resilient_runtime::test]
async fn behind_a_body_that_began_a_payment_somebody_else_is_called_only_if_it_was_answered_with_no()
 {
    assert!(called_after(NOT_SENT).await);
    assert!(called_after(resilient_runtime::Failure::Rejected { retry_after: None }).await);
    for failure in [BUSY, OVERLOADED] {
        assert!(called_after(failure).await, "{failure}");
    }
    assert!(!called_after(LOST).await);
}
