//! Smoke.
#![deny(warnings, clippy::pedantic)]
#![allow(dead_code)]
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use resilient_runtime::{
    Classify, Failure, FromRejected, Rejected, breaker, bulkhead, idempotent, non_idempotent,
    retry, timeout,
};

#[derive(Debug, FromRejected, Classify, PartialEq)]
enum PayError {
    #[failure(unknown)]
    Lost,
    #[failure(not_sent)]
    NotSent,
    #[failure(from)]
    Policy(Rejected),
}

static CALLS: AtomicU32 = AtomicU32::new(0);

#[retry(idempotent)]
#[timeout(total = "2s", attempt = "500ms")]
#[breaker("payments")]
#[bulkhead(32)]
async fn balance(user: &str) -> Result<u32, PayError> {
    if CALLS.fetch_add(1, Ordering::Relaxed) < 2 {
        Err(PayError::Lost)?;
    }
    tokio::time::sleep(Duration::from_millis(10)).await;
    Ok(u32::try_from(user.len()).unwrap_or(0))
}

#[timeout("100ms")]
async fn slow() -> Result<u32, PayError> {
    std::future::pending::<()>().await;
    Ok(1)
}

#[non_idempotent]
async fn charge() -> Result<u32, PayError> {
    Err(PayError::Lost)
}

async fn helper() -> Result<u32, PayError> {
    charge().await
}

static TRIES: AtomicU32 = AtomicU32::new(0);

#[retry(idempotent)]
async fn hidden() -> Result<u32, PayError> {
    TRIES.fetch_add(1, Ordering::Relaxed);
    helper().await
}

#[idempotent]
async fn plain(n: u32) -> u32 {
    n
}

#[resilient_runtime::test]
async fn it_works() {
    assert_eq!(balance("abc").await, Ok(3));
    assert_eq!(CALLS.load(Ordering::Relaxed), 3);
    let rejected = slow().await;
    assert!(
        matches!(rejected, Err(PayError::Policy(ref r)) if r.failure() == Failure::Unknown),
        "{rejected:?}"
    );
    assert_eq!(hidden().await, Err(PayError::Lost));
    assert_eq!(TRIES.load(Ordering::Relaxed), 1);
    assert_eq!(plain(1).await, 1);
}
