//! tower, and tower-resilience on top of it.

use tower::{Service, ServiceBuilder, ServiceExt as _};
use tower_resilience::bulkhead::BulkheadLayer;
use tower_resilience::circuitbreaker::CircuitBreakerLayer;
use tower_resilience::ratelimiter::RateLimiterLayer;
use tower_resilience::retry::RetryLayer;
use tower_resilience::timelimiter::TimeLimiterLayer;

use super::{ATTEMPT, Driven, has_failed};
use crate::open::{HOUR, refused};
use crate::{Answer, CallError, LOST, bare, drive, poll_on};

fn driven<S>(mut service: S) -> Driven
where
    S: Service<u32, Response = u64> + 'static,
{
    Box::new(move |pending| {
        let service = &mut service;
        drive(pending, async move {
            let ready = service.ready().await.map_err(|_| CallError::Refused)?;
            ready.call(pending).await.map_err(|_| CallError::Failed)
        })
    })
}

macro_rules! retries {
    () => {
        RetryLayer::builder().max_attempts(3).build()
    };
}

macro_rules! circuit {
    () => {
        CircuitBreakerLayer::builder()
            .failure_rate_threshold(0.5)
            .build()
            .expect("the numbers are in order")
    };
}

macro_rules! permits {
    () => {
        BulkheadLayer::builder()
            .max_concurrent_calls(64)
            .reject_when_full()
            .build()
            .expect("the numbers are in order")
    };
}

/// Many calls fit, so that none is refused.
macro_rules! rate {
    () => {
        RateLimiterLayer::builder()
            .limit_for_period(1_000_000_000)
            .refresh_period(std::time::Duration::from_secs(1))
            .build()
            .expect("the numbers are in order")
    };
}

macro_rules! limit {
    () => {
        TimeLimiterLayer::builder()
            .timeout_duration(ATTEMPT)
            .build()
    };
}

macro_rules! stack {
    ($($layer:expr),*) => {
        driven(ServiceBuilder::new()$(.layer($layer))*.service(tower::service_fn(bare)))
    };
}

pub(super) fn timeout() -> Driven {
    stack!(tower::timeout::TimeoutLayer::new(ATTEMPT))
}

pub(super) fn concurrency_limit() -> Driven {
    stack!(tower::limit::ConcurrencyLimitLayer::new(64))
}

pub(super) fn time_limiter() -> Driven {
    stack!(limit!())
}

pub(super) fn retry() -> Driven {
    stack!(
        RetryLayer::<u32, u64, CallError>::builder()
            .max_attempts(3)
            .retry_on(has_failed)
            .build()
    )
}

pub(super) fn breaker() -> Driven {
    stack!(
        CircuitBreakerLayer::builder()
            .failure_rate_threshold(0.5)
            .failure_classifier(|answer: &Answer| answer.as_ref().is_err_and(has_failed))
            .build()
            .expect("the numbers are in order")
    )
}

/// Lets nobody through: its breaker is open.
pub(crate) fn open() -> Driven {
    let breaker = CircuitBreakerLayer::builder()
        .failure_rate_threshold(0.5)
        .sliding_window_size(10)
        .wait_duration_in_open(HOUR)
        .build()
        .expect("the numbers are in order");
    let mut service = ServiceBuilder::new()
        .layer(breaker)
        .service(tower::service_fn(bare));
    let mut call = move |pending| {
        let service = &mut service;
        poll_on(async move {
            let ready = service.ready().await.map_err(|_| CallError::Refused)?;
            ready.call(pending).await.map_err(|_| CallError::Failed)
        })
    };
    for _ in 0..20 {
        drop(call(LOST));
    }
    Box::new(move |pending| refused(&call(pending)))
}

pub(super) fn tower_rate() -> Driven {
    stack!(tower::limit::RateLimitLayer::new(
        1_000_000_000,
        std::time::Duration::from_secs(1)
    ))
}

pub(super) fn bulkhead() -> Driven {
    stack!(permits!())
}

pub(super) fn rate_limiter() -> Driven {
    stack!(rate!())
}

pub(super) fn three() -> Driven {
    stack!(retries!(), circuit!(), limit!())
}

pub(super) fn four() -> Driven {
    stack!(retries!(), circuit!(), permits!(), limit!())
}

pub(super) fn five() -> Driven {
    stack!(retries!(), circuit!(), rate!(), permits!(), limit!())
}
