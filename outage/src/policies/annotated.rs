//! Annotated functions: those we recommend, and the classic policies in our own words.

use std::sync::Arc;

use resilient_runtime::{Scope, breaker, bulkhead, retry, timeout};

use super::{Call, Client, Policy, Targets};
use crate::service::{CallError, Service};

/// What somebody writes who reads nothing but the first page.
#[retry(idempotent)]
#[timeout(total = "3s", attempt = "500ms")]
#[breaker]
async fn defaults(service: Service, client: usize) -> Result<(), CallError> {
    service.send(client).await
}

pub(super) const DEFAULTS: Policy = Policy {
    name: "defaults",
    client: |service, id| scoped(service, id, |service, id| Box::pin(defaults(service, id))),
    targets: Some(Targets {
        sparse: false,
        amplification: 1.02,
        good: 93.0,
        recovery: 5.0,
    }),
};

/// What we recommend to who does not know how many calls the service takes.
///
/// Two lost calls in a row open the breaker: an attempt may take twice as long as the slowest of a hundred, so that two in a
/// row, the second sent after the first was given up, are no chance. What is sent until then is the queue to be drained later.
/// It then asks once a second, whatever comes: with the time to the next call an open time of 0.55 to 1.1 s is that. The
/// adaptive limit bounds what a wrong yes costs.
#[retry(idempotent)]
#[timeout(total = "3s", attempt = "500ms")]
#[breaker(consecutive = 2, open = "1100ms", max_open = "1100ms")]
#[bulkhead(adaptive, wait = "50ms")]
async fn recommended(service: Service, client: usize) -> Result<(), CallError> {
    service.send(client).await
}

pub(super) const RECOMMENDED: Policy = Policy {
    name: "recommended",
    client: |service, id| {
        scoped(service, id, |service, id| {
            Box::pin(recommended(service, id))
        })
    },
    targets: Some(Targets {
        sparse: false,
        amplification: 1.02,
        good: 99.0,
        recovery: 3.0,
    }),
};

/// The same for clients with less than one call a second. Each learns little from its own calls: one lost answer must do,
/// and every probe is one of a thousand.
#[retry(idempotent)]
#[timeout(total = "3s", attempt = "500ms")]
#[breaker(consecutive = 1, open = "6s", max_open = "6s")]
#[bulkhead(adaptive, wait = "50ms")]
async fn sparse(service: Service, client: usize) -> Result<(), CallError> {
    service.send(client).await
}

pub(super) const SPARSE: Policy = Policy {
    name: "recommended for few calls",
    client: |service, id| scoped(service, id, |service, id| Box::pin(sparse(service, id))),
    targets: Some(Targets {
        sparse: true,
        amplification: 1.02,
        good: 0.0,
        recovery: 10.0,
    }),
};

#[timeout("500ms")]
#[resilient_runtime::idempotent]
async fn no_retry(service: Service, client: usize) -> Result<(), CallError> {
    service.send(client).await
}

pub(super) const NO_RETRY: Policy = Policy {
    name: "no retry",
    client: |service, id| scoped(service, id, |service, id| Box::pin(no_retry(service, id))),
    targets: None,
};

#[retry(idempotent, attempts = 4, budget(none))]
#[timeout(total = "3s", attempt = "500ms")]
async fn jitter(service: Service, client: usize) -> Result<(), CallError> {
    service.send(client).await
}

pub(super) const JITTER: Policy = Policy {
    name: "3 retries, exponential, full jitter",
    client: |service, id| scoped(service, id, |service, id| Box::pin(jitter(service, id))),
    targets: None,
};

#[retry(
    idempotent,
    attempts = 4,
    backoff(fixed, "500ms"),
    jitter(none),
    budget(none)
)]
#[timeout(total = "3s", attempt = "500ms")]
async fn fixed(service: Service, client: usize) -> Result<(), CallError> {
    service.send(client).await
}

pub(super) const FIXED: Policy = Policy {
    name: "3 retries, fixed 500 ms",
    client: |service, id| scoped(service, id, |service, id| Box::pin(fixed(service, id))),
    targets: None,
};

/// The numbers of Resilience4j's defaults: 100 calls, half of them failed, 60 s, 10 probes.
#[retry(idempotent, attempts = 4)]
#[timeout(total = "3s", attempt = "500ms")]
#[breaker(
    window = 100,
    min_calls = 100,
    open = "60s",
    max_open = "60s",
    probes = 10
)]
async fn classic_breaker(service: Service, client: usize) -> Result<(), CallError> {
    service.send(client).await
}

pub(super) const CLASSIC_BREAKER: Policy = Policy {
    name: "breaker of 60 s over 100 calls",
    client: |service, id| {
        scoped(service, id, |service, id| {
            Box::pin(classic_breaker(service, id))
        })
    },
    targets: None,
};

/// A client whose breaker, bulkhead and budget are its own.
fn scoped(service: Service, id: usize, call: fn(Service, usize) -> Call) -> Client {
    let scope = Arc::new(Scope::new());
    Box::new(move || {
        let call = call(service.clone(), id);
        let scope = Arc::clone(&scope);
        Box::pin(async move { scope.run(call).await })
    })
}
